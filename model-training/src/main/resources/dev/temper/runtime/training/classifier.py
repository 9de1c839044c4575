  # A sequence classifier under autograd: the last token's final state goes through the head. Everything arrives as a tensor,
  # since autograd's entry takes nothing else: dims = the text's n, real = [norm epsilon].
  # compute: an empty tensor of the type to compute in; the weights stay float32 and are cast on the way, which gradients pass.

  def logits(self: __torch__.Module_, ids: Tensor, last: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, compute: Tensor, w: List[Tensor]) -> Tensor:
    # ids [batch, time] padded on the right, last [batch] position of the last token -> [batch, labels] float32
    n = annotate(List[int], [])
    for i in range(dims.size(0)):
      n.append(int(dims[i].item()))
    c = annotate(List[Tensor], [])
    for i in range(len(w)):
      c.append(torch.to(w[i], compute.dtype))
    positions = torch.arange(ids.size(1), dtype=6, layout=None, device=ids.device, pin_memory=None)
    angles = torch.outer(positions, frequencies)
    angles = torch.cat([angles, angles], -1)
    h = __torch__.read(ids, c, n, float(real[0].item()), torch.to(torch.cos(angles), compute.dtype), torch.to(torch.sin(angles), compute.dtype))
    rows = torch.arange(ids.size(0), dtype=4, layout=None, device=ids.device, pin_memory=None) * ids.size(1) + last
    chosen = h.reshape([-1, h.size(2)]).index_select(0, rows)
    return torch.linear(chosen.float(), w[len(w) - 1])

  def loss(self: __torch__.Module_, ids: Tensor, last: Tensor, targets: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, compute: Tensor, w: List[Tensor]) -> Tensor:
    # targets [batch, labels]: probabilities -> mean cross-entropy
    z = self.logits(ids, last, dims, real, frequencies, compute, w)
    return -(torch.log_softmax(z, 1) * targets).sum([1]).mean()

  def probabilities(self: __torch__.Module_, ids: Tensor, last: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, compute: Tensor, w: List[Tensor]) -> Tensor:
    return torch.softmax(self.logits(ids, last, dims, real, frequencies, compute, w), 1)

  def empty(self: __torch__.Module_, dtype: int, like: Tensor) -> Tensor:
    return torch.to(like.narrow(0, 0, 0), dtype)
