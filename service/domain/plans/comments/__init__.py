"""Comments: what people say about maps, their parts, and all else."""

from service.domain.plans.comments.inputs import CommentList, NewComment
from service.domain.plans.comments.writes import COMMENTS

__all__ = ["COMMENTS", "CommentList", "NewComment"]
