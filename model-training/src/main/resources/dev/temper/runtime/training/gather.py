  def gather(self: __torch__.Module_, h: Tensor, rows: Tensor) -> Tensor:  # h [batch, time, hidden], rows [N] of batch * time -> [N, hidden]
    return h.reshape([-1, h.size(2)]).index_select(0, rows)

  def select(self: __torch__.Module_, h: Tensor, rows: Tensor) -> Tensor:  # h [M, hidden] -> [N, hidden]
    return h.index_select(0, rows)
