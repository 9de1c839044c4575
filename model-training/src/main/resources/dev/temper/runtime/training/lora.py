# Low-rank adaptation (Hu et al., 2021): W + scale * B A for the rows of W that a pair is for

def adapted(w: List[Tensor], a: List[Tensor], b: List[Tensor], places: Tensor, scale: Tensor) -> List[Tensor]:
  # a [rank, in], b [out, rank] each; places [pairs, 2]: which of w, and the first row
  c = annotate(List[Tensor], [])
  for i in range(len(w)):
    c.append(w[i])
  for k in range(len(a)):
    slot, first = int(places[k][0].item()), int(places[k][1].item())
    delta = scale * torch.matmul(b[k], a[k])
    after = c[slot].size(0) - first - delta.size(0)
    c[slot] = c[slot] + torch.constant_pad_nd(delta, [0, 0, first, after], 0)
  return c
