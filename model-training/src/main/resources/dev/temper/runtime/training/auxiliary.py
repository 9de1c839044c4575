  # The auxiliary model R under autograd, beside the frozen language model of the same family.

  def loss(self: __torch__.Module_, ids: Tensor, rows: Tensor, tokens: Tensor, label: Tensor, later: Tensor, strength: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, r_dims: Tensor, r_real: Tensor, r_frequencies: Tensor, w: List[Tensor], r_w: List[Tensor]) -> Tensor:
    # ids [batch, time]; rows [N] of batch * time: the positions before tokens [N]; label, later: auxiliary_loss
    r = __torch__.logits_at(rows, ids, r_dims, r_real, r_frequencies, compute, r_w)
    z = __torch__.logits_at(rows.index_select(0, later), ids, dims, real, frequencies, compute, w)
    return __torch__.auxiliary_loss(z, r, tokens, label, later, strength)

  def values(self: __torch__.Module_, ids: Tensor, rows: Tensor, tokens: Tensor, compute: Tensor, r_dims: Tensor, r_real: Tensor, r_frequencies: Tensor, r_w: List[Tensor]) -> Tensor:
    # Pr[C = 1 | prefix with that token] for each row: [N] float32
    r = __torch__.logits_at(rows, ids, r_dims, r_real, r_frequencies, compute, r_w)
    return torch.sigmoid(r.gather(1, tokens.unsqueeze(1)).squeeze(1))
