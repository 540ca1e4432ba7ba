package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dpolab/core/dpo"
)

// lossOf runs the command on lines of input.
func lossOf(t *testing.T, in string, args ...string) (r lossResult) {
	t.Helper()
	status, out, err := dpolab(t.Context(), in, append([]string{"loss"}, args...)...)
	if status != 0 {
		t.Fatalf("dpolab loss %v: status %d\n%s", args, status, err)
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("dpolab loss %v printed %q: %v", args, out, err)
	}
	return r
}

func near(got, want []float64, tolerance float64) bool {
	return slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= tolerance })
}

// Every case of TRL's own loss block, through the command.
func TestLossAgainstTRL(t *testing.T) {
	var golden struct {
		Inputs map[string]map[string][]float64
		Cases  []struct {
			Input    string
			LossType string `json:"loss_type"`
			Params   map[string]any
			Lengths  struct{ LC, LR []int }
			Loss     []float64
			Grad     struct{ Chosen, Rejected []float64 } `json:"grad_mean_wrt_policy"`
		}
		Conservative []float64 `json:"conservative_dpo_eps0.1_beta0.1"`
	}
	if err := json.Unmarshal(read(t, "../../dpo/testdata/dpo_losses.json"), &golden); err != nil {
		t.Fatal(err)
	}
	flags := map[string]string{"beta": "--beta", "ls": "--label-smoothing", "fdiv": "--divergence"}
	var lines string
	for _, c := range golden.Cases {
		args := []string{"--loss", c.LossType}
		for name, v := range c.Params {
			args = append(args, flags[name], fmt.Sprint(v))
		}
		lines = ""
		in := golden.Inputs[c.Input]
		for i := range c.Loss {
			lines += fmt.Sprintf(`{"policy_chosen":%v,"policy_rejected":%v,"reference_chosen":%v,"reference_rejected":%v,"chosen_tokens":%d,"rejected_tokens":%d}`+"\n",
				in["policy_chosen"][i], in["policy_rejected"][i], in["reference_chosen"][i], in["reference_rejected"][i], c.Lengths.LC[i], c.Lengths.LR[i])
		}
		r := lossOf(t, lines, args...)
		if !near(r.Losses, c.Loss, 1e-9) || !near(r.GradChosen, c.Grad.Chosen, 1e-6) || !near(r.GradRejected, c.Grad.Rejected, 1e-6) {
			t.Errorf("%v:\n%+v\nwant\n%+v", args, r, c)
		}
	}
	if len(golden.Cases) < 17 {
		t.Errorf("only %d cases were compared", len(golden.Cases))
	}
	if r := lossOf(t, lines, "--label-smoothing", "0.1"); !near(r.Losses, golden.Conservative, 1e-12) {
		t.Errorf("conservative DPO: %v, want %v", r.Losses, golden.Conservative)
	}
}

// pairLine is a pair with a = 6 and b = 0 whose answers have one token.
const pairLine = `{"policy_chosen":-1,"policy_rejected":-2,"reference_chosen":-7,"reference_rejected":-2,"chosen_tokens":1,"rejected_tokens":1,"kl_logratio":0.5}` + "\n"

func TestLossPrintsEverything(t *testing.T) {
	r := lossOf(t, pairLine+"\n"+pairLine)
	z := 0.6
	loss, weight := math.Log(1+math.Exp(-z)), 1/(1+math.Exp(z))
	for _, tc := range []struct {
		what string
		got  []float64
		want float64
	}{
		{"losses", r.Losses, loss}, {"loss", []float64{r.Loss, r.Loss}, loss},
		{"grad_chosen", r.GradChosen, -0.1 * weight / 2}, {"grad_rejected", r.GradRejected, 0.1 * weight / 2},
		{"chosen_rewards", r.ChosenRewards, 0.6}, {"rejected_rewards", r.RejectedRewards, 0},
		{"margins", r.Margins, 0.6}, {"weights", r.Weights, weight},
	} {
		if !near(tc.got, []float64{tc.want, tc.want}, 1e-12) {
			t.Errorf("%s: %v, want %v twice", tc.what, tc.got, tc.want)
		}
	}
	path := write(t, filepath.Join(t.TempDir(), "pairs.jsonl"), []byte(pairLine))
	if got := lossOf(t, "", "--data", path); got.Loss != r.Losses[0] {
		t.Errorf("of a file: %v, want %v", got.Loss, r.Losses[0])
	}
}

func TestLossOfEveryName(t *testing.T) {
	for _, k := range dpo.Losses {
		args := []string{"--loss", k.Name}
		if k.Name == "exo_pair" {
			args = append(args, "--label-smoothing", "0.001")
		}
		r := lossOf(t, pairLine, args...)
		if want := -1.; !k.Reference && r.ChosenRewards[0] != want*0.1 {
			t.Errorf("%s has no reference, reward %v, want %v", k.Name, r.ChosenRewards[0], want*0.1)
		}
		for _, far := range []string{"-1000", "1000"} {
			line := strings.NewReplacer(`"policy_chosen":-1`, `"policy_chosen":`+far, `"policy_rejected":-2`, `"policy_rejected":`+far).Replace(pairLine)
			for _, v := range lossOf(t, line+pairLine, args...).GradChosen {
				if math.IsNaN(v) {
					t.Errorf("%s at %s: a gradient is NaN", k.Name, far)
				}
			}
		}
	}
}

func TestLossModifiers(t *testing.T) {
	plain := lossOf(t, pairLine)
	weighed := strings.Replace(pairLine, `"kl_logratio"`, `"wpo_weight":0.25,"kl_logratio"`, 1)
	for _, args := range [][]string{nil, {"--wpo", "on"}} {
		if r := lossOf(t, weighed, args...); r.Loss != 0.25*plain.Loss || r.GradChosen[0] != 0.25*plain.GradChosen[0] {
			t.Errorf("%v with a weight of ¼: %+v, without %+v", args, r, plain)
		}
	}
	if r := lossOf(t, pairLine, "--reference-free", "on"); math.Abs(r.Margins[0]-0.1) > 1e-15 {
		t.Errorf("reference-free: margin %v, want .1", r.Margins[0])
	}
	tokens := `{"policy_chosen_logps":[-1,-2,-4],"policy_rejected_logps":[-3],"reference_chosen_logps":[-2,-2,-2],"reference_rejected_logps":[-1]}`
	// a = 1 + α(−2), b = −2
	if r := lossOf(t, tokens, "--ld-alpha", "0.25", "--beta", "1"); !near(r.Margins, []float64{2.5}, 1e-12) {
		t.Errorf("LD-DPO: margin %v, want 2.5", r.Margins)
	}
	r := lossOf(t, pairLine, "--loss", "0.8*sigmoid + 0.2*bco_pair + sft")
	s, b, i := lossOf(t, pairLine), lossOf(t, pairLine, "--loss", "bco_pair"), lossOf(t, pairLine, "--loss", "sft")
	if want := 0.8*s.Loss + 0.2*b.Loss + i.Loss; math.Abs(r.Loss-want) > 1e-15 {
		t.Errorf("a sum of losses: %v, want %v", r.Loss, want)
	}
	if r := lossOf(t, pairLine, "--loss", "bco_pair", "--bco-delta", "0.6"); math.Abs(r.Losses[0]-math.Log(2)-math.Log(1+math.Exp(-0.6))) > 1e-12 {
		t.Errorf("BCO with a shift: %v", r.Losses)
	}
	if r := lossOf(t, pairLine, "--loss", "kto", "--beta", "1", "--kto-desirable", "2"); math.Abs(r.Loss-2/(1+math.Exp(5.5))-1/(1+math.Exp(0.5))) > 1e-12 {
		t.Errorf("KTO: %v", r.Losses)
	}
	status, _, said := dpolab(t.Context(), strings.Replace(pairLine, "-7", "100", 1), "loss", "--divergence", "forward_kl")
	if status != 0 || !strings.Contains(said, "cut to 80 in 1 of 1 pairs") {
		t.Errorf("a clamped exponent: status %d, %q", status, said)
	}
}

func TestLossRefuses(t *testing.T) {
	without := func(field string) string { return strings.Replace(pairLine, `"`+field+`"`, `"other"`, 1) }
	for _, tc := range []struct {
		in   string
		args []string
		want string
	}{
		{"", nil, "standard input: there is no pair"},
		{"{", nil, "standard input: line 1: this is not a JSON object"},
		{"[1]", nil, "line 1: this is not a JSON object"},
		{pairLine + "\n" + without("policy_chosen"), nil, "line 3: policy_chosen is missing: loss sigmoid needs it"},
		{without("reference_rejected"), nil, "line 1: reference_rejected is missing"},
		{without("chosen_tokens"), []string{"--loss", "ipo"}, "line 1: chosen_tokens is missing: loss ipo needs it"},
		{without("rejected_tokens"), []string{"--loss", "simpo"}, "line 1: rejected_tokens is missing"},
		{without("kl_logratio"), []string{"--loss", "kto"}, "line 1: kl_logratio is missing"},
		{pairLine, []string{"--wpo", "on"}, "line 1: wpo_weight is missing"},
		{pairLine, []string{"--ld-alpha", "0.5"}, "line 1: policy_chosen_logps is missing"},
		{strings.Replace(pairLine, `"chosen_tokens":1`, `"chosen_tokens":0`, 1), []string{"--loss", "sft"}, "line 1: chosen_tokens is 0, want 1 or more"},
		{strings.Replace(pairLine, `"chosen_tokens":1`, `"chosen_tokens":1.5`, 1), nil, "line 1: chosen_tokens: found a number 1.5, want a whole number"},
		{strings.Replace(pairLine, "-7", `"a"`, 1), nil, "line 1: reference_chosen: found a string, want a number"},
		{pairLine, []string{"--loss", "ppo"}, `loss: "ppo" is not one of`},
		{pairLine, []string{"--loss", "hinge", "--label-smoothing", "0.1"}, "label-smoothing: loss hinge does not use it"},
		{pairLine, []string{"--bco-delta", "1"}, "bco-delta: loss sigmoid does not use it"},
		{pairLine, []string{"--loss", "exo_pair"}, "label-smoothing: exo_pair needs more than 0"},
		{pairLine, []string{"--beta", "0"}, "beta: 0 is out of range"},
		{pairLine, []string{"--tr-dpo", "on"}, "-tr-dpo"},
		{pairLine, []string{"--data", "none.jsonl"}, "none.jsonl: no such file"},
		{strings.Replace(pairLine, `"kl_logratio"`, `"wpo_weight"`, 1), []string{"--loss", "aot"}, "line 1: wpo_weight: loss aot does not use it"},
	} {
		status, out, said := dpolab(t.Context(), tc.in, append([]string{"loss"}, tc.args...)...)
		if status != exitBadInput || !strings.Contains(said, tc.want) || out != "" {
			t.Errorf("loss %v of %q: status %d, printed %q, want 2 and a word about %q:\n%s", tc.args, tc.in, status, out, tc.want, said)
		}
	}
	// What a loss does not need may be missing.
	lossOf(t, without("reference_chosen"), "--loss", "simpo")
	lossOf(t, without("rejected_tokens"), "--loss", "cpo")
	lossOf(t, without("chosen_tokens"))
}
