"""A folder of pictures becomes a table, a row per image, with classes, tasks and a split; predictions about it have one store."""
