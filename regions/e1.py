exec(open("/tmp/h/regions/exp.py").read())
go(32,epochs=10); go(50,epochs=4); go(40,epochs=7)
