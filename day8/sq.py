import facediag_utils, torch, hashlib
torch.set_num_threads(1); torch.manual_seed(0); x=torch.rand(100000)*3+.01
h=lambda x: hashlib.sha256(x.numpy().tobytes()).hexdigest()[:8]
for n in 'sqrt exp log sin cos tanh erf rsqrt reciprocal log1p expm1 sigmoid atan log2 log10 exp2 lgamma digamma erfc erfinv'.split(): print(n, h(getattr(torch,n)(x)), end=' ')
print()
