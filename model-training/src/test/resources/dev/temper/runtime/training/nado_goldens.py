  # The reference's quantities, by the functions that training uses.

  def log_q(self: __torch__.Module_, z: Tensor, r: Tensor) -> Tensor:
    return __torch__.log_closest(z, r)
  def constrained(self: __torch__.Module_, z: Tensor, r: Tensor, starts: Tensor, delta: float) -> Tensor:
    return __torch__.log_constrained(z, r, starts, delta)
  def expected(self: __torch__.Module_, z: Tensor, r: Tensor) -> Tensor:
    return torch.exp(__torch__.log_expected(z, r))
  def kl_qp(self: __torch__.Module_, z: Tensor, r: Tensor, r0: Tensor, y: Tensor, label: Tensor) -> Tensor:
    return __torch__.kl(__torch__.log_closest(z, r), torch.log_softmax(z, 1)).sum()
  def kl_pq(self: __torch__.Module_, z: Tensor, r: Tensor, r0: Tensor, y: Tensor, label: Tensor) -> Tensor:
    return __torch__.kl(torch.log_softmax(z, 1), __torch__.log_closest(z, r)).sum()
  def kl_qp_q_detached(self: __torch__.Module_, z: Tensor, r: Tensor, r0: Tensor, y: Tensor, label: Tensor) -> Tensor:
    return __torch__.kl(__torch__.log_closest(z, r).detach(), torch.log_softmax(z, 1)).sum()
  def prefixes(self: __torch__.Module_, r: Tensor, r0: Tensor, y: Tensor) -> Tensor:  # logits of R for the empty and all longer prefixes: [T + 1]
    return torch.cat([r0, r.gather(1, y.unsqueeze(1)).squeeze(1)])
  def bce_sum(self: __torch__.Module_, z: Tensor, r: Tensor, r0: Tensor, y: Tensor, label: Tensor) -> Tensor:
    s = self.prefixes(r, r0, y)
    return __torch__.binary_cross_entropy(s, label.expand([s.size(0)])).sum()
  def reg_ab(self: __torch__.Module_, z: Tensor, r: Tensor, r0: Tensor, y: Tensor, label: Tensor) -> Tensor:
    return __torch__.inconsistency(z, r, self.prefixes(r, r0, y).narrow(0, 0, r.size(0))).sum()
  def head_loss(self: __torch__.Module_, h: Tensor, z: Tensor, tokens: Tensor, label: Tensor, later: Tensor, strength: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return __torch__.auxiliary_loss(z, torch.linear(h, weight, bias), tokens, label, later, strength)
