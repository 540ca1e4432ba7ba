package main

import (
	"context"
	"errors"
)

func runTrain(ctx context.Context, args []string) error { return errors.New("todo") }
func generate(ctx context.Context, args []string) error { return errors.New("todo") }
