"""All rooms together, one command: notebooks executed, report, model card, the verdict "reproduced or not"."""
