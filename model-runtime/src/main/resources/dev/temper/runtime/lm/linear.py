# Products with weights. On a CPU they may lie packed in oneDNN's own order (lm/packing.py), which its products read at the
# memory's speed; elsewhere, and where gradients flow, they are ordinary tensors.

def linear(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:  # x [N, in], w [out, in] -> [N, out]
  if w.is_mkldnn:
    return ops.mkldnn._linear_pointwise(x, w, b, "none", annotate(List[Optional[number]], []), "")
  return torch.linear(x, w, b)

def linear_stored_in_out(x: Tensor, w: Tensor, b: Tensor) -> Tensor:  # the same, w [in, out]
  if w.is_mkldnn:
    return __torch__.linear(x, w, b)
  return torch.addmm(b, x, w)
