# Rotary positions: the first dimensions of a head, as many as the tables are wide, turn by an angle; the others stay.

def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:  # [N, heads, dim]; cos and sin [N, 1, rotary dim]
  width = cos.size(-1)
  half = width // 2
  turned = x[..., :width] * cos + torch.cat([-x[..., half:width], x[..., :half]], -1) * sin
  if width == x.size(-1):
    return turned
  return torch.cat([turned, x[..., width:]], -1)
