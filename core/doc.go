// Package core is the home of DPO Lab's library: Direct Preference Optimization
// (Rafailov et al. 2023, arXiv 2305.18290) on small Transformer language models,
// in pure Go (standard library and gonum).
//
// Nothing under core reads a clock, starts a goroutine, prints, or draws a random
// number that is not seeded by its caller: the host steps the engine. The one
// exception is core/cmd, the command line.
//
// # Letters
//
// The same letters name the same sizes everywhere:
//
//	B  sequences            C  channels (hidden size)
//	T  tokens of a sequence V  vocabulary
//	N  packed tokens        L  layers
//	H  attention heads      K  key/value heads
//	D  size of a head       F  feed-forward width
//	P  predictions: (row, target) pairs given to the head
package core
