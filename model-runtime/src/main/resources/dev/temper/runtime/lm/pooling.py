  def rows(self: __torch__.Module_, hidden: Tensor, at: Tensor) -> Tensor:  # [batch, time, hidden], [batch] -> [batch, hidden]
    return hidden.flatten(0, 1).index_select(0, at + torch.arange(hidden.size(0), dtype=4, layout=None, device=hidden.device, pin_memory=None) * hidden.size(1))
