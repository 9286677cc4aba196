exec(open("/tmp/h/regions/patch1.py").read().split("sub(\"facediag_utils/networks/records.py\"")[0])
sub("facediag_utils/methods/training.py",
('''layer for the classes, as they begin by a recipe."""

    def __init__(self, backbone: str, classes: int, recipe: Recipe, generator: torch.Generator) -> None:
''','''layer for the classes; ``xavier`` as in `Recipe`."""

    def __init__(
        self, backbone: str, classes: int, pretrained: bool, generator: torch.Generator, xavier: float | None = None
    ) -> None:
'''),
("registry.load(backbone) if recipe.pretrained else","registry.load(backbone) if pretrained else"),
('''        spread = 0.01 if recipe.pretrained else (2 / inputs) ** 0.5  # small: the first gradients shake no pretrained layer
        if recipe.xavier is not None:
            spread = (recipe.xavier * 2 / (inputs + classes)) ** 0.5
''','''        spread = 0.01 if pretrained else (2 / inputs) ** 0.5  # small: the first gradients shake no pretrained layer
        if xavier is not None:
            spread = (xavier * 2 / (inputs + classes)) ** 0.5
'''),
('''    network = Classifier(backbone, classes, recipe, generator)
    if start is not None:
        network.body.load_state_dict(start())
''','''    network = Classifier(backbone, classes, recipe.pretrained, generator, recipe.xavier)
'''),
('''    state.resume(checkpoint)
    record''','''    state.resume(checkpoint)
    if start is not None and not tuned.history:
        network.body.load_state_dict(start())
    record'''))
