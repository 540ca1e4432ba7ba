package page

// The two formulas of the method (arXiv 2305.18290, equations 5 and 7) in MathML.
// Classes give each part the colour that it has in the charts.
const (
	formulaReward = `<math display="block"><mrow><mi>r</mi><mo>(</mo><mi>y</mi><mo>)</mo><mo>=</mo><mi>β</mi><mo>(</mo>` +
		`<mi>log</mi><msub class="policy"><mi>π</mi><mi>θ</mi></msub><mo>(</mo><mi>y</mi><mo>|</mo><mi>x</mi><mo>)</mo><mo>−</mo>` +
		`<mi>log</mi><msub class="reference"><mi>π</mi><mtext>ref</mtext></msub><mo>(</mo><mi>y</mi><mo>|</mo><mi>x</mi><mo>)</mo><mo>)</mo></mrow></math>`
	formulaLoss = `<math display="block"><mrow><mi>loss</mi><mo>=</mo><mo>−</mo><mi>log</mi><mi>σ</mi><mo>(</mo>` +
		`<mi>r</mi><mo>(</mo><msub class="chosen"><mi>y</mi><mtext>chosen</mtext></msub><mo>)</mo><mo>−</mo>` +
		`<mi>r</mi><mo>(</mo><msub class="rejected"><mi>y</mi><mtext>rejected</mtext></msub><mo>)</mo><mo>)</mo></mrow></math>`
)
