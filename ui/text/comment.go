package text

// What the numbers mean; package comment decides which one is said.
var (
	CommentLoading         = "The base model is on its way. It is small: a few megabytes, and it stays in this tab."
	CommentStart           = "At step 0 the policy is the reference: every reward is 0, and the loss is ln 2 ≈ 0.693 whatever the pairs say, like tossing a coin. No pair is ranked yet, so accuracy is 0."
	CommentStartOther      = "At step 0 the policy is the reference: every reward is 0, whatever the pairs say. No pair is ranked yet, so accuracy is 0."
	CommentFirst           = "The first updates are small on purpose: the learning rate warms up. Watch the two reward curves part."
	CommentMoving          = "The policy begins to tell chosen from rejected answers; the margin is still within the noise of a batch."
	CommentMargin          = "The policy now prefers the chosen answers: their reward leads by %.2f on the training pairs."
	CommentMarginHeld      = "The policy now prefers the chosen answers: their reward leads by %.2f, and it ranks %.0f %% of pairs it has never seen the right way round."
	CommentDisplaced       = "The margin grows (%.2f), yet the chosen answers became less likely too, only less so than the rejected ones. That is likelihood displacement: DPO rewards the difference, not the chosen answer."
	CommentMemorises       = "Held-out loss is %.2f and rising while training loss is %.2f: the policy is learning these pairs by heart. Fewer epochs, a larger β or more pairs help."
	CommentStill           = "Hardly anything has moved: the loss is still where it began. The learning rate is too small for this model, or the steps are too few."
	CommentUp              = "The loss has risen above ln 2, where it began: the policy now ranks pairs worse than a coin. The learning rate is too large; reset and take a third of it."
	CommentUpOther         = "The loss has risen from %.2f, where it began: the policy now ranks pairs worse than it did. The learning rate is too large; reset and take a third of it."
	CommentNaN             = "The loss is no longer a number: the learning rate was too large and the weights are spoiled. Press Reset and take a tenth of it."
	CommentSFT             = "This run imitates the chosen answers: the loss is how surprised the model still is by them, in nats a token. There is no reference and no margin."
	CommentBetter          = "It worked: the true reward of fresh answers rose from %.2f to %.2f, and the policy moved %.1f nats away from the reference to get there."
	CommentBetterDisplaced = "It worked: the true reward of fresh answers rose from %.2f to %.2f at a distance of %.1f nats. Chosen answers became less likely as well, only less so than rejected ones: that is likelihood displacement."
	CommentSame            = "The true reward of fresh answers went from %.2f to %.2f, which is within the noise of the prompts judged; the policy moved %.1f nats from the reference."
	CommentWorse           = "The true reward of fresh answers fell from %.2f to %.2f although the margin grew: the policy moved %.1f nats away and learned something else than what the pairs meant."
)
