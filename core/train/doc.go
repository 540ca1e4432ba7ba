// Package train makes runs: preference training of a policy against a frozen
// reference (Trainer), and the making of base models (LM). The host steps it; it
// starts no goroutine, reads no clock and prints nothing. Settings are in the leaf
// package config.
package train
