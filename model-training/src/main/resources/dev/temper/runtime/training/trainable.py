# A decoder as autograd's entry takes it: everything is a tensor. dims = the family's n, real = [norm epsilon], frequencies [pairs]
# of the rotary positions, compute: an empty tensor of the type to compute in. The weights keep their type; gradients pass the cast.

def numbers(dims: Tensor) -> List[int]:
  n = annotate(List[int], [])
  for i in range(dims.size(0)):
    n.append(int(dims[i].item()))
  return n

def in_type_of(w: List[Tensor], compute: Tensor) -> List[Tensor]:
  c = annotate(List[Tensor], [])
  for i in range(len(w)):
    c.append(torch.to(w[i], compute.dtype))
  return c

def final_states(ids: Tensor, n: List[int], real: Tensor, frequencies: Tensor, w: List[Tensor]) -> Tensor:  # [batch, time] -> [batch * time, hidden], after the final norm
  positions = torch.arange(ids.size(1), dtype=6, layout=None, device=ids.device, pin_memory=None)
  angles = torch.outer(positions, frequencies)
  angles = torch.cat([angles, angles], -1)
  h = __torch__.read(ids, w, n, float(real[0].item()), torch.to(torch.cos(angles), w[0].dtype), torch.to(torch.sin(angles), w[0].dtype))
  return h.reshape([-1, h.size(2)])

def logits_at(rows: Tensor, ids: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, compute: Tensor, w: List[Tensor]) -> Tensor:  # rows [N] of batch * time -> [N, vocabulary] float32
  n = __torch__.numbers(dims)
  c = __torch__.in_type_of(w, compute)
  return __torch__.head(__torch__.final_states(ids, n, real, frequencies, c).index_select(0, rows), c, n)
