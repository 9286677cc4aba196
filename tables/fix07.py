import nbformat
P="notebooks/07_roc_confusion.ipynb"; nb=nbformat.read(P,4)
c=nb.cells[3]; assert "from facediag_utils.evaluation import metrics, roc_analysis\n" in c.source
c.source=c.source.replace("from facediag_utils.evaluation import metrics, roc_analysis\n","from facediag_utils.evaluation import metrics, paired_tests, roc_analysis\n")
c=nb.cells[13]; assert c.source.startswith("from facediag_utils.evaluation import paired_tests\n\n")
c.source=c.source.removeprefix("from facediag_utils.evaluation import paired_tests\n\n")
nbformat.write(nb,P)
