import subprocess, time, re, sys, os, pandas as pd
from pathlib import Path
from playwright.sync_api import sync_playwright, expect
root=Path("/work/clone2"); env=os.environ|{"HOME":"/work/home2","FACEDIAG_OUT":"/work/scratch/so","FACEDIAG_CACHE":"/work/scratch/sc"}
t0=time.time(); log=open("/work/scratch/so.log","w")
p=subprocess.Popen(["make","app","APP_ARGS=--port=8877 --no-browser"],cwd=root,env=env,stdout=log,stderr=log)
while not (m:=re.search(r"http://\S+\?token=\w+",open("/work/scratch/so.log").read())): time.sleep(0.2)
print("served", round(time.time()-t0,1))
t=pd.read_csv(root/"data/bundled/manifest.csv")
with sync_playwright() as pw:
    b=pw.chromium.launch(executable_path="/usr/bin/chromium",args=["--headless","--no-sandbox","--disable-gpu"]); pg=b.new_page(); pg.set_default_timeout(60000); expect.set_options(timeout=60000)
    pg.goto(m[0]); expect(pg.get_by_role("button",name="Begin")).to_be_visible(); print("page", round(time.time()-t0,1))
    pg.get_by_label("Its name").fill("mine"); pg.get_by_role("button",name="Begin").click()
    for label in ("control","leprosy"):
        pg.get_by_label("Class",exact=True).fill(label)
        with pg.expect_file_chooser() as c: pg.get_by_role("button",name="Add pictures").click()
        c.value.set_files([root/"data/bundled"/f for f in t[t.label==label].image[:20]]); expect(pg.get_by_text(f"of '{label}' kept")).to_be_visible()
    print("uploaded", round(time.time()-t0,1))
    pg.get_by_role("button",name="Read the pictures").click(); expect(pg.get_by_text("40 pictures in 2 classes")).to_be_visible(); print("read", round(time.time()-t0,1))
    pg.get_by_role("button",name="Train",exact=True).click(); expect(pg.get_by_text("classified correctly")).to_be_visible(); print("trained", round(time.time()-t0,1))
    with pg.expect_file_chooser() as c: pg.get_by_role("button",name="Choose a picture").click()
    c.value.set_files([sorted((root/"data/bundled/cases").rglob("*.jpg"))[0]])
    expect(pg.get_by_text(re.compile("answered by|no answer"))).to_be_visible(); print("answered", round(time.time()-t0,1)); pg.screenshot(path="/work/scratch/shots/stranger.png",full_page=True); b.close()
subprocess.run(["pkill","-TERM","-f","port=8877"]); 
