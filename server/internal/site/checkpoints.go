package site

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"
	"sort"
	"strings"
	"time"
)

// A Checkpoint is a folder of the site with a config.json, under checkpoints/.
type Checkpoint struct {
	Name  string           `json:"name"`
	Bytes int64            `json:"bytes"` // of all its files
	Files []CheckpointFile `json:"files"`
}

// A CheckpointFile is one file of a checkpoint.
type CheckpointFile struct {
	Name   string `json:"name"`
	URL    string `json:"url"` // relative to the list
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // in hex, of the file as it is without Content-Encoding
}

// A listing is the list of checkpoints in both forms, ready to be sent.
type listing struct{ html, json []byte }

// list collects the checkpoints among files, both in the order of their names.
func list(files map[string]*file) listing {
	byName := map[string]*Checkpoint{}
	for name, f := range files {
		folder, base, ok := strings.Cut(strings.TrimPrefix(name, "checkpoints/"), "/")
		if !ok || !strings.HasPrefix(name, "checkpoints/") || files["checkpoints/"+folder+"/config.json"] == nil {
			continue
		}
		c := byName[folder]
		if c == nil {
			c = &Checkpoint{Name: folder}
			byName[folder] = c
		}
		c.Bytes += f.plain.bytes
		c.Files = append(c.Files, CheckpointFile{base, folder + "/" + base, f.plain.bytes, f.plain.sha256})
	}
	checkpoints := make([]Checkpoint, 0, len(byName))
	for _, c := range byName {
		sort.Slice(c.Files, func(i, j int) bool { return c.Files[i].Name < c.Files[j].Name })
		checkpoints = append(checkpoints, *c)
	}
	sort.Slice(checkpoints, func(i, j int) bool { return checkpoints[i].Name < checkpoints[j].Name })
	return render(checkpoints)
}

var page = template.Must(template.New("checkpoints").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>DPO Lab: base checkpoints</title>
</head>
<body>
<h1>Base checkpoints</h1>
<p>Hugging Face model folders, open to download. The same list for programs: <a href="index.json">index.json</a>. <a href="..">Back to the lab</a>.</p>
{{range .}}<h2>{{.Name}}</h2>
<table>
<thead><tr><th>File</th><th>Bytes</th><th>SHA-256</th></tr></thead>
<tbody>
{{range .Files}}<tr><td><a href="{{.URL}}">{{.Name}}</a></td><td>{{.Bytes}}</td><td><code>{{.SHA256}}</code></td></tr>
{{end}}</tbody>
</table>
{{else}}<p>There are none in this build.</p>
{{end}}</body>
</html>
`))

// render makes both forms. It cannot fail on this type, so an error is a bug.
func render(checkpoints []Checkpoint) listing {
	var html, list bytes.Buffer
	if err := page.Execute(&html, checkpoints); err != nil {
		panic("site: list of checkpoints: " + err.Error())
	}
	enc := json.NewEncoder(&list)
	enc.SetIndent("", "  ")
	if err := enc.Encode(map[string]any{"checkpoints": checkpoints}); err != nil {
		panic("site: list of checkpoints: " + err.Error())
	}
	return listing{html: html.Bytes(), json: list.Bytes()}
}

// serve answers with the page, or with JSON where Accept prefers that.
func (l listing) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept")
	if prefersJSON(r.Header.Values("Accept")) {
		l.serveJSON(w, r)
		return
	}
	send(w, r, "text/html; charset=utf-8", l.html)
}

func (l listing) serveJSON(w http.ResponseWriter, r *http.Request) {
	send(w, r, "application/json", l.json)
}

func send(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", etagOf(body))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
