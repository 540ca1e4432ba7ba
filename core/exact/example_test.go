package exact_test

import (
	"fmt"

	"dpolab/core/exact"
)

// Three answers, of which the reference likes the best one most: a small beta goes
// further from the reference for more reward.
func ExampleFrontier() {
	ref, reward := []float64{0.5, 0.3, 0.2}, []float64{1, 0, -1}
	for _, p := range exact.Frontier(ref, reward, []float64{5, 1, 0.1}) {
		fmt.Printf("beta %.1f: KL %.3f, reward %.3f\n", p.Beta, p.KL, p.Reward)
	}
	// Output:
	// beta 5.0: KL 0.011, reward 0.416
	// beta 1.0: KL 0.192, reward 0.742
	// beta 0.1: KL 0.693, reward 1.000
}

// A judge who always prefers the first of two answers: IPO stops where tau says, and
// DPO never does.
func ExampleIPOGap() {
	for _, tau := range []float64{0.1, 0.5, 1, 5} {
		fmt.Printf("tau %.1f: IPO %.6f, DPO %.0f\n", tau, exact.AtGap(0.5, exact.IPOGap(1, tau)), exact.AtGap(0.5, exact.DPOGap(1, tau)))
	}
	// Output:
	// tau 0.1: IPO 0.993307, DPO 1
	// tau 0.5: IPO 0.731059, DPO 1
	// tau 1.0: IPO 0.622459, DPO 1
	// tau 5.0: IPO 0.524979, DPO 1
}

func ExampleTable() {
	ref, reward := []float64{0.5, 0.3, 0.2}, []float64{0, 1, 2}
	policy := []float64{0.2, 0.7, 0.1}
	optimum, _, _ := exact.Optimum(ref, reward, 0.5)
	for _, r := range exact.Table(ref, policy, optimum, reward, 1) {
		fmt.Printf("outcome %d, reward %.0f: reference %.2f, policy %.2f, optimum %.2f\n", r.Outcome, r.Reward, r.Ref, r.Policy, r.Optimum)
	}
	// Output:
	// outcome 2, reward 2: reference 0.20, policy 0.10, optimum 0.80
	// outcome 1, reward 1: reference 0.30, policy 0.70, optimum 0.16
	// outcome 0, reward 0: reference 0.50, policy 0.20, optimum 0.04
}
