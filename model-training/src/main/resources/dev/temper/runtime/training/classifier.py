  # A sequence classifier under autograd: the last token's final state goes through the head, the last of the weights.

  def logits(self: __torch__.Module_, ids: Tensor, last: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, compute: Tensor, w: List[Tensor]) -> Tensor:
    # ids [batch, time] padded on the right, last [batch] position of the last token -> [batch, labels] float32
    h = __torch__.final_states(ids, __torch__.numbers(dims), real, frequencies, __torch__.in_type_of(w, compute))
    rows = torch.arange(ids.size(0), dtype=4, layout=None, device=ids.device, pin_memory=None) * ids.size(1) + last
    return torch.linear(h.index_select(0, rows).float(), w[len(w) - 1])

  def loss(self: __torch__.Module_, ids: Tensor, last: Tensor, targets: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, compute: Tensor, w: List[Tensor]) -> Tensor:
    # targets [batch, labels]: probabilities -> mean cross-entropy
    z = self.logits(ids, last, dims, real, frequencies, compute, w)
    return -(torch.log_softmax(z, 1) * targets).sum([1]).mean()

  def probabilities(self: __torch__.Module_, ids: Tensor, last: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, compute: Tensor, w: List[Tensor]) -> Tensor:
    return torch.softmax(self.logits(ids, last, dims, real, frequencies, compute, w), 1)
