# Products of rows x [N, in] with the weight at place i, [out, in] -> [N, out]. On a CPU weights may lie packed in oneDNN's own
# order (lm/packing.py), which its products read at the memory's speed; elsewhere, and where gradients flow, they are
# ordinary tensors. A weight packed as int8 has its rows' scales at place -1 - i.

def quantised(x: Tensor, w: Tensor, scales: Tensor) -> Tensor:
  # Each row of x is rounded to 8 bits by its own largest value, so that no row depends on what it is batched with; sums of
  # products are exact in int32. oneDNN's fast products take bytes without sign: 128 stands for 0.
  scale = torch.clamp(torch.amax(torch.abs(x), [1], True), 1e-30) / 127.
  q = torch.to(torch.round(x / scale) + 128., 0)
  y = ops.onednn.qlinear_pointwise(q, 1., 128, w, scales, torch.zeros_like(scales, dtype=4), None, 1., 0, 6, "none", annotate(List[Optional[number]], []), "")
  return y * scale

def product(x: Tensor, w: List[Tensor], i: int, b: Optional[Tensor]) -> Tensor:
  if not w[i].is_mkldnn:
    return torch.linear(x, w[i], b)
  if w[i].dtype == 1:
    y = __torch__.quantised(x, w[i], w[-1 - i])
    return y if b is None else y + b
  return ops.mkldnn._linear_pointwise(x, w[i], b, "none", annotate(List[Optional[number]], []), "")

def linear(x: Tensor, w: List[Tensor], i: int) -> Tensor:
  return __torch__.product(x, w, i, None)

def linear_biased(x: Tensor, w: List[Tensor], i: int) -> Tensor:  # the bias is at the next place
  return __torch__.product(x, w, i, w[i + 1])

def linear_stored_in_out(x: Tensor, w: List[Tensor], i: int) -> Tensor:  # the same, the weight [in, out] unless packed
  if w[i].is_mkldnn:
    return __torch__.product(x, w, i, w[i + 1])
  return torch.addmm(w[i + 1], x, w[i])
