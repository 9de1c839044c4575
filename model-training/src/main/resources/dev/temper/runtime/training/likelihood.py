  def gather(self: __torch__.Module_, h: Tensor, rows: Tensor) -> Tensor:  # h [batch, time, hidden], rows [N] of batch * time -> [N, hidden]
    return h.reshape([-1, h.size(2)]).index_select(0, rows)

  def nll(self: __torch__.Module_, logits: Tensor, targets: Tensor) -> Tensor:  # logits [N, vocabulary], targets [N] -> [N] float64, nats
    return torch.logsumexp(logits, [1]).double() - logits.gather(1, targets.unsqueeze(1)).squeeze(1).double()
