"""Notebook to HTML, then pictures of the outputs of given code cells."""
import sys, nbformat
from nbconvert import HTMLExporter
from playwright.sync_api import sync_playwright
nbp, out, width = sys.argv[1], sys.argv[2], int(sys.argv[3])
html=HTMLExporter().from_filename(nbp)[0]
open("/tmp/h/tables/x.html","w").write(html)
with sync_playwright() as p:
    b=p.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox"])
    page=b.new_page(viewport={"width":width,"height":900}); page.goto("file:///tmp/h/tables/x.html")
    cells=page.query_selector_all(".jp-Cell")
    for k in sys.argv[4:]:
        o=cells[int(k)]
        o.screenshot(path=f"{out}_{k}.png")
        for t in o.query_selector_all("table"):
            print(k, t.bounding_box(), o.bounding_box()["width"])
