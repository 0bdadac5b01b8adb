"""Words for the sample rows. Text is HTML escaped as the service stores it; some of it is awkward on purpose: entities
of every kind, accents, slashes, quotes, a CDATA end, characters outside the basic plane."""

FIRST_NAMES = (
    "Ada", "Björn", "Chloé", "Dmitri", "Elif", "Fran&ccedil;ois", "Grace", "Hiroko", "Inés", "Jürgen", "Katarzyna",
    "Liam", "Marta", "Ngozi", "Oona", "Priya", "Quentin", "Rafael", "S&oslash;ren", "Tariq", "Uma", "Väinö", "Wen",
    "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abe", "Bélanger", "Castellanos", "D&rsquo;Amico", "Eriksson", "Fischer", "García", "Haddad", "Ito", "Jensen",
    "Kowalska", "Lindqvist", "M&uuml;ller", "Nakamura", "O&#39;Neill", "Petrov", "Quist", "Rossi", "Silva", "Tanaka",
    "Usman", "Vega", "Weiß", "Yılmaz",
)  # fmt: skip
CLIENT_NAMES = (
    "Caf&eacute; de l&rsquo;Op&eacute;ra", "Smith &amp; Sons", "Müller &amp; Söhne GmbH",
    "Print/Web Studio", "Rock &lsquo;n&rsquo; Roll Records", "Acme &quot;Best&quot; Supplies", "Ærø Ferries A/S",
    "日本印刷", "Bakery 24/7", "North Shore Dental", "Green Valley Farms", "Harbour Lights", "Zażółć Design",
    "Plus &gt; Minus", "El Niño Surf", "City Library", "Fast &amp; Fair Couriers", "My Italian client",
)  # fmt: skip
PROJECT_NAMES = (
    "Website redesign", "Newsletter Q1/Q2", "Search &amp; filters", "Annual report", "Mobile app", "Brand refresh",
    "Support retainer", "Data migration", "R&eacute;novation du site", "Intranet", "Photo shoot",
    "Audit &lt;phase 2&gt;",
)  # fmt: skip
TASK_TITLES = (
    "Fix the header on small screens", "Write copy for the &ldquo;About&rdquo; page", "Import clients &amp; contacts",
    "Call about invoice 12/2024", "Résumé upload fails", "Kick-off meeting", "Check links &lt;a&gt; in the footer",
    "Prepare estimate", "Review the &quot;final&quot; draft", "Replace caf&eacute; photos", "Update DNS/TLS",
    "Send report to client", "Rotate log files", "Naïve search is slow", "Wireframes \U0001f4d0 for checkout",
)  # fmt: skip
HTML_TEXTS = (
    None,
    "",
    "<p>First draft.</p>",
    '<p>Phase 1 &amp; 2<br />see <a href="https://example.org/a/b?x=1&amp;y=2">the plan</a></p>',
    "<ul><li>&Uuml;bersicht</li><li>D&eacute;tails</li></ul>",
    'Plain text with "quotes", a back\\slash and\na second line',
    "<p>Edge case: a[b[0]]> 1 &rsquo;n more</p>",
    "<p>\U0001f680 ship it; naïve café</p>",
)
PLAIN_TEXTS = (
    None, "", "Worked on it", "Phone call w/ client", "Testing &amp; fixing", "R&eacute;union", "It&rsquo;s done",
    "½ day",
)  # fmt: skip
MODULES = ("Design", "Development", "Testing &amp; QA", "Meetings", "Content/Copy", "Hosting", "Training", "Archive")
WORK_TYPES = ("Programming", "Graphic design", "Project mgmt", "Consulting", "R&amp;D", "Travel", "Writing/Editing")
STREETS = ("State Street", "Rue de l&rsquo;&Eacute;glise", "Königsallee", "5th Avenue", "Paseo del Prado", "Pier Road")
ZONES = ("America/Los_Angeles", "Europe/Copenhagen", "Asia/Tokyo", "America/New_York", "UTC")
LABELS = ("Internal", "Key account", "On hold &amp; waiting", "Maintenance")
TAGS = ("brief", "contract", "logo", "minutes", "r&eacute;f")
