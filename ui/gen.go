// Package ui holds the Vugu components of the page: structure and events only.
// What they show and do is package page; what moves while a run runs is package
// live, mounted into empty elements. Vugu 0.4.0 writes every node at each render
// and reuses elements by position, which decides the shape of the templates:
// whatever may be absent stands in an element of its own, and every input is
// controlled.
package ui

//go:generate go tool vugugen -skip-go-mod -skip-main .
//go:generate gofmt -w .
