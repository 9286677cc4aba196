# Held-out error and loss of averaged weights by budget, one aside training per seed: weights of each epoch are kept, so one run serves all budgets.
import sys, time, json
import facediag_utils
import numpy as np, torch
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.data.splitting import held_out, task_split, class_numbers
from facediag_utils.faces import detection, alignment
from facediag_utils.methods import training
from facediag_utils.methods.recipe import Recipe
from facediag_utils.methods.training_state import TrainingState
from facediag_utils.networks import registry
import argparse
A=argparse.ArgumentParser(); A.add_argument("name"); A.add_argument("which"); A.add_argument("--seed",type=int,default=0); A.add_argument("--epochs",type=int); A.add_argument("--scratch",action="store_true"); A.add_argument("--head",type=float,default=1); A.add_argument("--batch",type=int,default=10); A.add_argument("--rate",type=float,default=0); A.add_argument("--probe",action="store_true")
a=A.parse_args(); name,which,seed,epochs,scratch=a.name,a.which,a.seed,a.epochs,a.scratch
torch.set_num_threads(1)
im=cohort.load(profiles.profile("bundled")); f=detection.find_faces(im)
task={t.name:t for t in cohort.tasks(im)}[which]
rows=task_split(task,im,f.found); numbers=class_numbers(task,rows.labels)
train,aside=held_out(np.flatnonzero(rows.train),numbers,seed,rows.groups)
rec=registry.get(name)
chips=alignment.aligned_chips(im,f,rec.input_size,rec.crop)
recipe=Recipe(epochs=epochs,learning_rate=a.rate or (1e-3 if scratch else rec.learning_rate),pretrained=not scratch,batch=a.batch)
oinit=TrainingState.__init__
def init(self,network,tuned,recipe,generator):
    oinit(self,network,tuned,recipe,generator)
    hp=list(network.head.parameters()); ids={id(x) for x in hp}
    body=[x for x in network.parameters() if x.requires_grad and id(x) not in ids]
    self.optimizer=torch.optim.SGD([{"params":body},{"params":hp,"lr":recipe.learning_rate*a.head}],lr=recipe.learning_rate,momentum=recipe.momentum,weight_decay=recipe.weight_decay)
TrainingState.__init__=init
if a.probe:
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from facediag_utils.methods import dtl2
    oc=training.Classifier.__init__
    def cinit(self,*args):
        oc(self,*args)
        self.eval()
        with torch.inference_mode():
            F=torch.cat([self.body.features(registry.prepare(chips[p],rec),self.layer) for p in np.array_split(train,20)]).numpy()
        import warnings; warnings.simplefilter("ignore")
        t=time.time()
        sc=StandardScaler().fit(F); lr=LogisticRegressionCV(Cs=np.logspace(-5,1,7),cv=4,scoring="neg_log_loss",max_iter=2000).fit(sc.transform(F),numbers[train])
        print("probe C",lr.C_,time.time()-t,flush=True)
        W=lr.coef_/sc.scale_; b=lr.intercept_-W@sc.mean_
        if len(W)==1: W=np.r_[-W/2,W/2]; b=np.r_[-b/2,b/2]
        with torch.no_grad(): self.head.weight.copy_(torch.from_numpy(W).float()); self.head.bias.copy_(torch.from_numpy(b).float())
        err=training.errors(training.predict(self,chips,aside,rec),torch.from_numpy(numbers[aside])); err2=training.errors(training.predict(self,chips,train,rec),torch.from_numpy(numbers[train]))
        print(json.dumps(dict(net=name[:8],task=which,seed=seed,probe=1,budget=0,top1=round(err["top1"],4),loss=round(err["objective"],4),train_top1=round(err2["top1"],4),train_loss=round(err2["objective"],4),norm=round(float((F**2).sum(1).mean()**.5),3))),flush=True)
    training.Classifier.__init__=cinit
budgets=[b for b in (2,3,4,6,8,10,12,16,20,24,30,40,60) if b<=epochs]
sums={b:None for b in budgets}; out=[]
orig=TrainingState.finish_epoch
t0=time.process_time()
def hook(state,train_,val,logits):
    orig(state,train_,val,logits)
    e=state.tuned.epochs
    sd={k:v.double() for k,v in state.network.state_dict().items() if v.is_floating_point()}
    for b in budgets:
        if b//2+1<=e<=b: sums[b]={k:(v if sums[b] is None else sums[b][k]+v) for k,v in sd.items()}
    if e in budgets:
        net=training.Classifier(name,len(task.classes),not scratch,torch.Generator().manual_seed(0))
        n=e-(e//2+1)+1; full=net.state_dict()
        for k,v in sums[e].items(): full[k]=(v/n).float()
        net.load_state_dict(full); net.to(memory_format=torch.channels_last); sums[e]=None
        if scratch:
            from torch.optim.swa_utils import update_bn
            update_bn((registry.prepare(chips[p],rec) for p in np.array_split(train,16)),net)
        err=training.errors(training.predict(net,chips,aside,rec),torch.from_numpy(numbers[aside]))
        print(json.dumps(dict(net=name[:8],task=which,seed=seed,head=a.head,probe=int(a.probe),batch=a.batch,rate=recipe.learning_rate,scratch=scratch,budget=e,top1=round(err["top1"],4),loss=round(err["objective"],4),own_top1=round(val["top1"],4),own_loss=round(val["objective"],4),train_top1=round(train_["top1"],4),train_loss=round(train_["objective"],4),cpu=round(time.process_time()-t0,1))),flush=True)
TrainingState.finish_epoch=hook
training.fine_tune(name,lambda:chips,(train,numbers[train]),(aside,numbers[aside]),len(task.classes),recipe,seed)
