import sys
from playwright.sync_api import sync_playwright
src,name=sys.argv[1:3]
with sync_playwright() as p:
    b = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--headless","--no-sandbox","--disable-gpu"])
    for w in (1400,400):
        pg = b.new_page(viewport={"width":w,"height":1000}); pg.goto("file://"+src)
        print(w, pg.evaluate("document.documentElement.scrollWidth"), pg.evaluate("document.documentElement.scrollHeight"))
        pg.screenshot(path=f"/work/scratch/shots/{name}{w}.png", full_page=True, clip={"x":0,"y":0,"width":w,"height":5200})
    b.close()
