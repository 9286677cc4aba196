maps=ex.of_classes(["Grad-CAM"],C,images,faces,rows,"control")
o={"Grad-CAM":maps["Grad-CAM"],"true signs":tr.signs,"middle":S.baselines(tr)["centred Gaussian"],"random":T.random_order(120,64,0)}
sw=T.of_classes(C,images,faces,rows,twins,o)
print(T.compared(sw,0.2,["Grad-CAM","true signs"],["random","middle"],tr).to_string()); print({k:v.mean(0).round(2).tolist() for k,v in sw.falls.items()}, (sw.before-sw.after).mean())
