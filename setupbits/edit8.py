from pathlib import Path
def edit(path, *pairs):
    p=Path(path); t=p.read_text()
    for a,b in pairs:
        assert t.count(a)==1,(path,t.count(a),a); t=t.replace(a,b)
    p.write_text(t)
edit("tests/methods/test_dtl2.py",
('''    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        features = dtl2.extract("dlib_resnet29", images, faces)
    finally:
        torch.set_num_threads(threads)
''','''    with one_thread():
        features = dtl2.extract("dlib_resnet29", images, faces)
'''),
('''    assert len(two) == 6 + 15 and (one[["image", "predicted"]] == two[["image", "predicted"]]).all(axis=None)
    scores = [name for name in two if name.startswith("score_")]
    assert np.nanmax(np.abs(one[scores] - two[scores])) <= 2e-4  # 1e-4, as rounded to 4 decimals in the file
''','''    assert len(two) == 6 + 15 and (one[["image", "predicted"]] == two[["image", "predicted"]]).all(axis=None)
    scores = [name for name in two if name.startswith("score_")]
    pd.testing.assert_frame_equal(one[scores].round(4), two[scores], check_exact=True)


@pytest.mark.parametrize("name", registry.installed())
@pytest.mark.parametrize("count", [1, 5])
def test_threads_change_no_bit_of_a_feature(name, count):
    """Torch computes some layers of few images by another library where it has one thread, and shares sums out where it has more."""
    record, network = registry.get(name), registry.load(name).to(memory_format=torch.channels_last)
    chips = np.random.default_rng(0).integers(0, 256, (count, record.input_size, record.input_size, 3), dtype=np.uint8)
    threads, found = torch.get_num_threads(), []
    try:
        for number in (1, 2, 3):
            torch.set_num_threads(number)
            found.append(dtl2.features_of(network, record, record.feature_layer, chips).tobytes())
            assert torch.get_num_threads() == number
    finally:
        torch.set_num_threads(threads)
    assert len(set(found)) == 1


@pytest.mark.parametrize("count", [1, 16, 17, 40, 350])
def test_batches_are_even_and_whole(count):
    rows = np.arange(count) + 7
    batches = dtl2.in_batches(rows)
    sizes = [len(batch) for batch in batches]
    assert np.array_equal(np.concatenate(batches), rows)
    assert max(sizes) <= dtl2.BATCH and max(sizes) - min(sizes) <= 1 and (min(sizes) > 1 or count == 1)
'''),
("from facediag_utils.methods import dtl2, svm\n","from facediag_utils.methods import dtl2, svm\nfrom facediag_utils.methods.devices import one_thread\nfrom facediag_utils.networks import registry\n"),
)
edit("tests/core/test_pin.py",
('''@needs_avx2
def test_fast_lifts_it''','''@needs_avx2
def test_matrix_products_are_on_one_thread():
    code = "import facediag_utils, numpy; from threadpoolctl import threadpool_info as found; print(*(i['num_threads'] for i in found()))"
    environment = os.environ | {"OMP_NUM_THREADS": "3"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"1"}


@needs_avx2
def test_fast_lifts_it'''))
edit("tests/methods/test_fingerprint.py",
("from facediag_utils.methods.training import Classifier\n","from facediag_utils.methods.devices import one_thread\nfrom facediag_utils.methods.training import Classifier\n"),
('''    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    x = torch.ones(2, 3, side, side).contiguous(memory_format=torch.channels_last)
    try:
        network(x)
        features = registry.load(name).to(memory_format=torch.channels_last).features(x, network.layer)
        assert backends == {torch._C._ConvBackend.Mkldnn}
        torch.testing.assert_close(network.body.features(x, network.layer), features, rtol=1e-3, atol=1e-4)
    finally:
        torch.set_num_threads(threads)
''','''    x = torch.ones(2, 3, side, side).contiguous(memory_format=torch.channels_last)
    with one_thread():
        features = network.body.features(x, network.layer)
    assert backends == {torch._C._ConvBackend.Mkldnn}
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            layer.dilation = (1, 1)
    torch.testing.assert_close(network.body.features(x, network.layer), features, rtol=1e-3, atol=1e-4)
'''),
('''@pytest.mark.parametrize("name", ["dlib_resnet29", "efficientnet_lite0"])
def test_every''','''@pytest.mark.parametrize("name", registry.installed())
def test_every'''),
)
