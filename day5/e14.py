exec(open('/work/scratch/p/edit18.py').read().split("edit('13_cases")[0].replace('/work/wt/int','/work/main'))
edit('14_grades.ipynb',[
('counts[list(images.classes)]','counts[list(images.classes)].rename(style.class_title, level="disease")'),
('shown.rename_axis("CORN less softmax (95%)", axis=1)','words = {"kappa": "weighted kappa", "mae": "mean error", "spearman": "Spearman"}\nshown.rename(columns=words).rename_axis("CORN less softmax (95%)", axis=1)'),
('below 0 for the mean error (`mae`).','below 0 for the mean error.'),
('(statistic, how): measured[statistic].plain()\n            for statistic in ("kappa", "mae")','(words[statistic], how): measured[statistic].plain()\n            for statistic in ("kappa", "mae")'),
('Only the last two know the order, and any loss can be read by any of them. Kappa of *everybody*:','Only the last two know the order, and any loss can be read by any of them. Of *everybody*:'),
])
