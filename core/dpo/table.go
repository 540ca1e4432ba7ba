package dpo

import "slices"

// Settings are the numbers of all losses; a loss reads those that its Kind names.
type Settings struct {
	Beta, LabelSmoothing         float64
	Divergence                   string // one of Divergences
	DivergenceAlpha              float64
	Tau                          float64 // DiscoPOP
	DPOPLambda, RDPOAlpha        float64
	CPOAlpha, ORPOLambda         float64
	Gamma                        float64 // SimPO
	UnlikelihoodAlpha            float64
	KTODesirable, KTOUndesirable float64

	// Facts of the whole batch, which whoever gathers it knows.
	MeanChosenTokens float64 // SFT; 0 is that of the pairs given
	KL               float64 // KTO, by KLEstimate
	Delta            float64 // BCO, a running mean of rewards
}

func (s Settings) divergence() Divergence { return divergence(s.Divergence, s.DivergenceAlpha) }

// Scored returns βs_w and βs_l, which BCO's shift is the mean of.
func (s Settings) Scored(p Pair) (chosen, rejected float64) {
	u := scores(s.divergence(), p)
	return s.Beta * u.Chosen, s.Beta * u.Rejected
}

// Clamped reports whether an exponent of the pair's scores was cut.
func (s Settings) Clamped(p Pair) bool {
	d := s.divergence()
	a, b := p.LogRatios()
	return d.Clamped(a) || d.Clamped(b)
}

// Lengths says of which answers a loss needs the number of tokens.
type Lengths uint8

const (
	NoLengths    Lengths = iota
	ChosenLength         // |y_w|
	BothLengths          // |y_w| and |y_l|
)

// Kind is one loss of the table: its name, and what it wants to know.
type Kind struct {
	Name    string // METHOD's, which are TRL's where TRL has it
	Title   string
	Formula string

	Reference bool     // compares with the reference
	Lengths   Lengths  // of which answers it needs the number of tokens
	Batch     bool     // compares pairs with each other: losses are of ranks
	KL        bool     // needs Settings.KL
	Uses      []string // settings it reads, besides β
	New       func(Settings) Loss
}

// Takes reports whether a setting makes a difference to the loss. β does to every
// loss: it scales the rewards that are shown.
func (k Kind) Takes(setting string) bool {
	return setting == "beta" || slices.Contains(k.Uses, setting)
}

// What most losses use, by the names of the settings.
var (
	weighted   = []string{"wpo"}
	referenced = []string{"reference-free", "tr-dpo", "tr-steps", "tr-alpha"}
	scored     = slices.Concat(weighted, referenced, []string{"ld-alpha", "divergence", "divergence-alpha"})
	smoothed   = slices.Concat(scored, []string{"label-smoothing"})
	ratioed    = slices.Concat(weighted, referenced, []string{"ld-alpha"})
)

func with(common []string, own ...string) []string { return slices.Concat(common, own) }

// Losses is the table, in METHOD's order.
var Losses = []Kind{
	{Name: "sigmoid", Title: "DPO", Formula: "−log σ(z)", Reference: true, Uses: smoothed,
		New: func(s Settings) Loss { return Each(Sigmoid{s.Beta, s.LabelSmoothing, s.divergence()}) }},
	{Name: "robust", Title: "Robust DPO", Formula: "[−(1−ε) log σ(z) + ε log σ(−z)] / (1−2ε)", Reference: true, Uses: smoothed,
		New: func(s Settings) Loss { return Each(Robust{s.Beta, s.LabelSmoothing, s.divergence()}) }},
	{Name: "hinge", Title: "Hinge (SLiC, RSO)", Formula: "max(0, 1 − z)", Reference: true, Uses: scored,
		New: func(s Settings) Loss { return Each(Hinge{s.Beta, s.divergence()}) }},
	{Name: "ipo", Title: "IPO, a token", Formula: "(s_w/|y_w| − s_l/|y_l| − 1/(2β))²", Reference: true, Lengths: BothLengths, Uses: scored,
		New: func(s Settings) Loss { return Each(IPO{s.Beta, s.divergence()}) }},
	{Name: "ipo_sum", Title: "IPO", Formula: "(Δ − 1/(2β))²", Reference: true, Uses: scored,
		New: func(s Settings) Loss { return Each(IPOSum{s.Beta, s.divergence()}) }},
	{Name: "exo_pair", Title: "EXO", Formula: "σ(z)(log σ(z) − log(1−ε)) + σ(−z)(log σ(−z) − log ε)", Reference: true, Uses: smoothed,
		New: func(s Settings) Loss { return Each(EXO{s.Beta, s.LabelSmoothing, s.divergence()}) }},
	{Name: "nca_pair", Title: "NCA", Formula: "−log σ(βs_w) − ½ log σ(−βs_w) − ½ log σ(−βs_l)", Reference: true, Uses: scored,
		New: func(s Settings) Loss { return Each(NCA{s.Beta, s.divergence()}) }},
	{Name: "bco_pair", Title: "BCO", Formula: "−log σ(βs_w − δ) − log σ(−(βs_l − δ))", Reference: true, Uses: with(scored, "bco-shift"),
		New: func(s Settings) Loss { return Each(BCO{s.Beta, s.Delta, s.divergence()}) }},
	{Name: "sppo_hard", Title: "SPPO", Formula: "(s_w − 0.5/β)² + (s_l + 0.5/β)²", Reference: true, Uses: scored,
		New: func(s Settings) Loss { return Each(SPPO{s.Beta, s.divergence()}) }},
	{Name: "apo_zero", Title: "APO zero", Formula: "1 − σ(βa) + σ(βb)", Reference: true, Uses: ratioed,
		New: func(s Settings) Loss { return Each(APOZero{s.Beta}) }},
	{Name: "apo_down", Title: "APO down", Formula: "σ(βa) + 1 − σ(βΔ)", Reference: true, Uses: scored,
		New: func(s Settings) Loss { return Each(APODown{s.Beta, s.divergence()}) }},
	{Name: "aot", Title: "AOT", Formula: "−(1−ε) log σ(βd) − ε log σ(−βd), d by rank", Reference: true, Batch: true,
		Uses: with(referenced, "ld-alpha", "label-smoothing"),
		New:  func(s Settings) Loss { return AOT{s.Beta, s.LabelSmoothing} }},
	{Name: "aot_unpaired", Title: "AOT, unpaired", Formula: "−(1−ε) log σ(βd) − ε log σ(−βd), d by rank", Reference: true, Batch: true,
		Uses: with(referenced, "ld-alpha", "label-smoothing"),
		New:  func(s Settings) Loss { return AOTUnpaired{s.Beta, s.LabelSmoothing} }},
	{Name: "discopop", Title: "DiscoPOP", Formula: "(1−m)(−log σ(z)) + m e^(−z), m = σ(z/τ)", Reference: true, Uses: with(scored, "tau"),
		New: func(s Settings) Loss { return Each(DiscoPOP{s.Beta, s.Tau, s.divergence()}) }},
	{Name: "sigmoid_norm", Title: "DPO, a token", Formula: "−log σ(β(s_w/|y_w| − s_l/|y_l|))", Reference: true, Lengths: BothLengths, Uses: scored,
		New: func(s Settings) Loss { return Each(SigmoidNorm{s.Beta, s.divergence()}) }},
	{Name: "dpop", Title: "DPO-positive", Formula: "−log σ(β(a − b − λ max(0, −a)))", Reference: true, Uses: with(ratioed, "dpop-lambda"),
		New: func(s Settings) Loss { return Each(DPOP{s.Beta, s.DPOPLambda}) }},
	{Name: "rdpo", Title: "R-DPO", Formula: "−log σ(z + α(|y_w| − |y_l|))", Reference: true, Lengths: BothLengths, Uses: with(scored, "rdpo-alpha"),
		New: func(s Settings) Loss { return Each(RDPO{s.Beta, s.RDPOAlpha, s.divergence()}) }},
	{Name: "sft", Title: "Imitation (SFT)", Formula: "−Σ log π(y_w) / Σ|y_w|", Lengths: ChosenLength, Uses: weighted,
		New: func(s Settings) Loss { return SFT{s.MeanChosenTokens} }},
	{Name: "simpo", Title: "SimPO", Formula: "−log σ(β(log π(y_w)/|y_w| − log π(y_l)/|y_l|) − γ)", Lengths: BothLengths, Uses: with(weighted, "gamma"),
		New: func(s Settings) Loss { return Each(SimPO{s.Beta, s.Gamma}) }},
	{Name: "cpo", Title: "CPO", Formula: "−log σ(β(log π(y_w) − log π(y_l))) − α log π(y_w)/|y_w|", Lengths: ChosenLength, Uses: with(weighted, "cpo-alpha"),
		New: func(s Settings) Loss { return Each(CPO{s.Beta, s.CPOAlpha}) }},
	{Name: "orpo", Title: "ORPO", Formula: "−log π(y_w)/|y_w| − λ log σ(log odds_w − log odds_l)", Lengths: BothLengths, Uses: with(weighted, "orpo-lambda"),
		New: func(s Settings) Loss { return Each(ORPO{s.ORPOLambda}) }},
	{Name: "kto", Title: "KTO", Formula: "λ_D(1 − σ(β(a − kl))) + λ_U(1 − σ(β(kl − b)))", Reference: true, KL: true,
		Uses: with(referenced, "kto-desirable", "kto-undesirable"),
		New:  func(s Settings) Loss { return Each(KTO{s.Beta, s.KTODesirable, s.KTOUndesirable, s.KL}) }},
	{Name: "unlikelihood", Title: "Unlikelihood", Formula: "−log π(y_w) + α log π(y_l)", Uses: with(weighted, "unlikelihood-alpha"),
		New: func(s Settings) Loss { return Each(Unlikelihood{s.UnlikelihoodAlpha}) }},
}

// Named returns the loss of a name.
func Named(name string) (Kind, bool) {
	i := slices.IndexFunc(Losses, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return Losses[i], true
}
