exec(open("/tmp/h/regions/patch1.py").read().split("sub(\"facediag_utils/networks/records.py\"")[0])
sub("facediag_utils/methods/recipe.py",
('''    balanced : bool
        Weigh classes by the inverse of their number of training images.
    """
''','''    balanced : bool
        Weigh classes by the inverse of their number of training images.
    xavier : float, optional
        The new layer begins with normal numbers of variance xavier x 2 / (inputs + outputs) (Glorot and Bengio 2010, scaled);
        by default with small ones if the network is pretrained, else as He et al. 2015.
    adam : bool
        Adam (Kingma and Ba 2015) in place of gradient descent with momentum.
    """
'''),
('''    balanced: bool = False

    @property''','''    balanced: bool = False
    xavier: float | None = None
    adam: bool = False

    @property'''))
sub("facediag_utils/methods/training_state.py",
('''        self.optimizer = torch.optim.SGD(
            trained, lr=recipe.learning_rate, momentum=recipe.momentum, weight_decay=recipe.weight_decay
        )
''','''        given = {"lr": recipe.learning_rate, "weight_decay": recipe.weight_decay}
        self.optimizer: torch.optim.Optimizer = (
            torch.optim.Adam(trained, **given) if recipe.adam else torch.optim.SGD(trained, momentum=recipe.momentum, **given)
        )
'''))
sub("facediag_utils/methods/training.py",
('''    """A backbone's feature layer and a new fully connected layer for the classes."""

    def __init__(self, backbone: str, classes: int, pretrained: bool, generator: torch.Generator) -> None:
        super().__init__()
        record = registry.get(backbone)
        self.body: Any = registry.load(backbone) if pretrained else registry.untrained(backbone, generator)
''','''    """A backbone's feature layer and a new fully connected layer for the classes, as they begin by a recipe."""

    def __init__(self, backbone: str, classes: int, recipe: Recipe, generator: torch.Generator) -> None:
        super().__init__()
        record = registry.get(backbone)
        self.body: Any = registry.load(backbone) if recipe.pretrained else registry.untrained(backbone, generator)
'''),
('''        inputs = self.head.in_features
        with torch.no_grad():  # small, so that the first gradients do not shake the pretrained layers
            self.head.weight.normal_(0, 0.01 if pretrained else (2 / inputs) ** 0.5, generator=generator)
            self.head.bias.zero_()
''','''        inputs = self.head.in_features
        spread = 0.01 if recipe.pretrained else (2 / inputs) ** 0.5  # small: the first gradients shake no pretrained layer
        if recipe.xavier is not None:
            spread = (recipe.xavier * 2 / (inputs + classes)) ** 0.5
        with torch.no_grad():
            self.head.weight.normal_(0, spread, generator=generator)
            self.head.bias.zero_()
'''),
('''    network = Classifier(backbone, classes, recipe.pretrained, generator)
''','''    network = Classifier(backbone, classes, recipe, generator)
    if start is not None:
        network.body.load_state_dict(start())
'''),
('''    checkpoint: Path | None = None,
) -> Tuned:
''','''    checkpoint: Path | None = None,
    start: Callable[[], dict[str, torch.Tensor]] | None = None,
) -> Tuned:
'''),
('''        Written after each epoch; a training of the same settings goes on from there.

    Returns''','''        Written after each epoch; a training of the same settings goes on from there.
    start : callable, optional
        Gives the weights that the backbone begins with, in place of those that the recipe says; not called if the training
        has ended already.

    Returns'''))
