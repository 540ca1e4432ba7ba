package site

import (
	"strconv"
	"strings"
)

// qualities reads a list such as "gzip;q=0.5, br, *;q=0" (RFC 9110, 12.4.2)
// into weights by lower-case name. A weight that cannot be read counts as 0:
// what the client did not clearly ask for is not sent.
func qualities(fields []string) map[string]float64 {
	weights := map[string]float64{}
	for item := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		name, params, _ := strings.Cut(item, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		weights[name] = weight(params)
	}
	return weights
}

// weight returns the q of parameters such as "level=1; q=0.5"; 1 if there is none.
func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		key, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(key), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}

// choose picks the variant of f that Accept-Encoding weighs highest; among
// equals the one that stands first in codings. The file itself is sent if no
// coding is welcome, even if "identity;q=0" refuses it (RFC 9110, 12.5.3
// leaves that open), since an answer helps more than an error.
func choose(acceptEncoding []string, f *file) variant {
	weights := qualities(acceptEncoding)
	best, bestWeight := f.plain, weights["identity"]
	for _, v := range f.packed {
		q, named := weights[v.coding]
		if !named {
			q = weights["*"]
		}
		if q > 0 && (q > bestWeight || (q == bestWeight && best.coding == "")) {
			best, bestWeight = v, q
		}
	}
	return best
}

// prefersJSON tells whether Accept weighs application/json above text/html.
// A wildcard speaks for neither, so that people get the page.
func prefersJSON(accept []string) bool {
	weights := qualities(accept)
	return weights["application/json"] > weights["text/html"]
}
