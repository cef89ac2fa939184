// SPDX-License-Identifier: Apache-2.0
#include "topics.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

constexpr std::array kStart{
    TopicLine{"oakumd --data ./oakum-data", "start a server; it says who may enter"},
    TopicLine{"oakum login --server https://HOST:8443 --ca-fingerprint HEX --user NAME", "sign in"},
    TopicLine{"oakum setup", "what there is to do first, asked one after the other"},
    TopicLine{"oakum feed import FOLDER", "what is known to be vulnerable"},
    TopicLine{"oakum device import FILE.csv --dry-run", "what you have; without --dry-run it is done"},
    TopicLine{"oakum", "how exposed you are, and what to fix first"},
};
constexpr std::array kInstall{
    TopicLine{"sudo apt install ./oakumd_VERSION_amd64.deb", "the server with its unit"},
    TopicLine{"sudo cat /var/lib/oakum/first-sign-in", "who may enter, once"},
    TopicLine{"oakum enrolment create --label LABEL --uses 1 --hours 1", "a token that lets a device in"},
    TopicLine{"oakumd doctor --data DIR", "what is wrong with a server, and what to do"},
};
constexpr std::array kImport{
    TopicLine{"oakum device import FILE.csv --dry-run",
              "what each column is taken for, and what would change"},
    TopicLine{"oakum device import FILE.csv", "the same, done; a second time it updates by serial"},
    TopicLine{"oakum device import SCAN.xml", "a scan or a lease file: what nobody manages becomes visible"},
    TopicLine{"oakum connector needs intune", "what connecting a management system of phones takes"},
    TopicLine{"oakum sbom attach FILE --model MODEL --version VERSION", "what a firmware is made of"},
    TopicLine{"oakum enrolment create --label LABEL --uses 100 --hours 24",
              "devices that speak for themselves"},
};
constexpr std::array kPhones{
    TopicLine{"oakum connector needs intune",
              "what a person does there, and each permission with its reason"},
    TopicLine{"oakum connector add hq --kind intune --account TENANT --client CLIENT --secret-stdin",
              "connect it; it is read at once"},
    TopicLine{"oakum connector test hq", "whether it would work, and what is missing"},
    TopicLine{"oakum connector floor hq --platform ios --version 26.4 --days 3",
              "who falls short, and the exact calls; nothing is sent"},
};
constexpr std::array kApple{
    TopicLine{"oakumd --data DIR --name HOST --apple-mdm",
              "manage iPhones and iPads that no other system manages"},
    TopicLine{"oakum apple enrol-profile --for NAME --to FILE.mobileconfig",
              "a file that lets one of them in, once"},
    TopicLine{"oakum apple show", "whether it is on, and when the push certificate ends"},
};
constexpr std::array kOthers{
    TopicLine{"oakumd --hawkbit --public-url https://HOST:8443",
              "serve SWUpdate and other clients of hawkBit as they are"},
    TopicLine{"oakum enrolment create --label LABEL --uses 100 --hours 24",
              "the token that their configuration takes"},
};
constexpr std::array kWindows{
    TopicLine{"oakum window set nights --from 2026-01-05T02:00 --for 3h --repeat FREQ=DAILY --dry-run",
              "what it would mean, on the devices' own clocks"},
    TopicLine{"oakum freeze set year-end --from 2026-12-20T00:00 --for 16d --yields-to emergency",
              "when nothing is changed, but for what cannot wait"},
    TopicLine{"oakum rollout times ROLLOUT", "when each wave can run"},
};
constexpr std::array kConcepts{
    TopicLine{"oakum exposure show", "what is open now, and how much of it is exploited"},
    TopicLine{"oakum proof windows", "how long holes stayed open"},
};
constexpr std::array kPlans{
    TopicLine{"oakum rollout export NAME", "a rollout's plan as a YAML file"},
    TopicLine{"oakum diff -f FILE", "what applying it would change"},
    TopicLine{"oakum apply -f FILE --dry-run",
              "the same, checked by the server; without --dry-run it is done"},
    TopicLine{"oakum rollout start NAME --why WHY", "begin it: applying starts nothing"},
};
constexpr std::array kRehearsal{
    TopicLine{"oakum rollout simulate -f FILE", "how long a plan would take on the server's devices"},
    TopicLine{"oakum rollout simulate -f FILE --fleet 100000", "on devices that are made up"},
    TopicLine{"oakum rollout simulate -f FILE -f FASTER", "two plans side by side"},
};
constexpr std::array kSticks{
    TopicLine{"oakum release export FOLDER --for QUERY", "write what rollouts ask of them into a folder"},
    TopicLine{"oakum-agent install FOLDER", "at the device: verify it and install it"},
    TopicLine{"oakum release receipts FOLDER", "take in what the devices signed about it"},
};
constexpr std::array kLog{
    TopicLine{"oakum log show", "what was published, newest last"},
    TopicLine{"oakum log checkpoint --file FILE",
              "how much was published until now, signed: keep it elsewhere"},
    TopicLine{"oakum log verify --kept FILE", "whether anything of it was taken back or changed since"},
};
constexpr std::array kAgent{
    TopicLine{"oakum-agent enroll --server https://HOST:PORT --token TOKEN --ca-fingerprint HEX",
              "let this device in"},
    TopicLine{"oakum device explain DEVICE", "what it waits for, and until when"},
};
constexpr std::array kQuery{
    TopicLine{"oakum query fields", "what can be asked, with an example each"},
    TopicLine{"oakum device count --query 'exposure = internet and kev'",
              "how many, and for how many it is not known"},
    TopicLine{"oakum device list --query 'overdue and owner = anna'",
              "those whose time for a fix has passed"},
    TopicLine{"oakum device list --query cannot_tell", "those of which nothing can be said"},
    TopicLine{"oakum device list --query 'component(\"busybox\") < 1.36'", "by a piece of software"},
    TopicLine{"oakum group create --name NAME --query QUERY", "a group that keeps itself"},
};
constexpr std::array kLists{
    TopicLine{"oakum view save --name NAME --list devices --query 'exposure = internet and kev'",
              "a query under a name, for yourself or for everybody"},
    TopicLine{"oakum view list", "which there are"},
    TopicLine{"oakum device list --view NAME", "what it shows now"},
    TopicLine{"oakum device list -o csv", "any list as a table of another program"},
};
constexpr std::array kBulk{
    TopicLine{"oakum device bulk --query QUERY --fact owner=NAME", "whom it would change, and what not"},
    TopicLine{"oakum device bulk --query QUERY --fact owner=NAME --yes", "do just that"},
    TopicLine{"oakum edit list", "what was done to many devices"},
    TopicLine{"oakum edit undo ID --why WHY", "put back what nobody changed since"},
};
constexpr std::array kEvidence{
    TopicLine{"oakum evidence make --from DAY --to DAY --file FILE", "one signed archive of a period"},
    TopicLine{"oakum evidence get NAME --file FILE", "keep it"},
    TopicLine{"oakum evidence verify FILE --key ID", "whether it is whole and from here; without a server"},
};
constexpr std::array kExposure{
    TopicLine{"oakum exposure show", "how exposed the fleet is, in sentences"},
    TopicLine{"oakum advisory show CVE-2024-6387", "are we hit: affected, not affected, cannot tell"},
    TopicLine{"oakum finding list --limit 20", "what is open, the worst first"},
    TopicLine{"oakum fix list --limit 5", "which update removes most of the risk"},
    TopicLine{"oakum figures show", "what each day added up to"},
    TopicLine{"oakum proof windows", "how long holes stayed open"},
    TopicLine{"oakum proof holes --state overdue", "which holes that counts, device by device"},
};
constexpr std::array kDeadlines{
    TopicLine{"oakum policy list", "what decides until when findings are fixed; one is in force"},
    TopicLine{"oakum policy diff exploited-or-not --days exploited=7,others=60",
              "what another would change today"},
    TopicLine{"oakum policy use exploited-or-not --days exploited=7,others=60 --why WHY", "put it in force"},
    TopicLine{"oakum policy add FILE.csv --name NAME", "a table of your own"},
    TopicLine{"oakum device list --query overdue", "whose time has passed"},
    TopicLine{"oakum device list --query 'not exists(exposure)'",
              "that count as exposed until somebody tells"},
};
constexpr std::array kIntake{
    TopicLine{"oakum release create --name NAME --version VERSION --artifact FILE --model MODEL --sbom FILE",
              "a draft"},
    TopicLine{"oakum release intake RELEASE@VERSION", "what it shows, and what stops it"},
    TopicLine{"oakum release change RELEASE@VERSION --artifact FILE", "another file for the same draft"},
    TopicLine{"oakum intake set approval=on --why WHY", "ask for somebody else's approval"},
    TopicLine{"oakum release list --awaits-approval true", "what waits for one"},
    TopicLine{"oakum intake trust MAKER --kind minisign --key FILE --line NAME --why WHY",
              "whose signatures count; oakum intake set signature=on asks for one"},
    TopicLine{"oakum release change RELEASE@VERSION --attach FILE.minisig",
              "put the maker's beside its file"},
    TopicLine{"oakum release approve RELEASE@VERSION --why WHY", "by somebody who did not make it"},
    TopicLine{"oakum release summary RELEASE@VERSION --file FILE", "what this server vouches for, signed"},
    TopicLine{"oakum verify FILE --summary FILE --key FILE",
              "whether it does so for this file; without a server"},
    TopicLine{"oakum release let-through RELEASE@VERSION --check exploited --why WHY",
              "in spite of what it brings"},
    TopicLine{"oakum release publish RELEASE@VERSION --why WHY", "when nothing stops it"},
};
constexpr std::array kRollout{
    TopicLine{"oakum release create --name NAME --version VERSION --artifact FILE --model MODEL --publish",
              "a signed release"},
    TopicLine{"oakum rollout create --name NAME --release RELEASE@VERSION --query QUERY --why WHY", "a plan"},
    TopicLine{"oakum rollout approve NAME --why WHY", "by somebody else, where that is asked for"},
    TopicLine{"oakum rollout start NAME --why WHY", "begin with the first wave"},
    TopicLine{"oakum rollout watch NAME", "follow it to its end"},
    TopicLine{"oakum rollout halt NAME --why WHY", "stop it"},
    TopicLine{"oakum rollout roll-back NAME --why WHY", "take it back"},
};
constexpr std::array kExplain{
    TopicLine{"oakum device explain ID", "why this device waits, and for what"},
    TopicLine{"oakum rollout explain NAME", "what a rollout does and waits for"},
    TopicLine{"oakum finding explain CVE --device DEVICE", "why a finding is one"},
};
constexpr std::array kFeeds{
    TopicLine{"oakum source list", "from where advisory data can be fetched"},
    TopicLine{"oakum source enable kev", "fetch it from now on"},
    TopicLine{"oakum source test kev", "whether it answers"},
    TopicLine{"oakum feed sync", "fetch what is new now"},
    TopicLine{"oakum feed status", "what is held and of when, what was rejected, what fails"},
    TopicLine{"oakum feed import FOLDER", "files that you have, and bundles"},
    TopicLine{"oakum feed bundle FILE.tar --source kev,epss", "for servers that reach no publisher"},
};
constexpr std::array kAlarms{
    TopicLine{"oakum alarm list", "what somebody has to know, and what to do"},
    TopicLine{"oakum alarm acknowledge ID --why WHY", "somebody looks after it"},
    TopicLine{"oakum channel add --name NAME --kind mail --address smtp://HOST:587 --from FROM --to TO",
              "where alarms are told"},
    TopicLine{"oakum channel test NAME", "whether it arrives"},
};
constexpr std::array kExceptions{
    TopicLine{"oakum exception add --kind accept --advisory CVE-ID --expires DAY --reason WHY --dry-run",
              "what an exception would cover and change"},
    TopicLine{"oakum exception list", "what is accepted, mitigated, not affected, suppressed, until when"},
    TopicLine{"oakum exception approve ID", "somebody else lets it count"},
    TopicLine{"oakum advisory add --title TITLE --component NAME --fixed VERSION", "what no feed tells"},
    TopicLine{"oakum vex export --to FILE", "tell others what is affected, and what is not"},
};
constexpr std::array kPeople{
    TopicLine{"oakum user create --name NAME --role operator", "a person"},
    TopicLine{"oakum totp on", "an authenticator for your account"},
    TopicLine{"oakum sign-in-rules show", "what signing in asks for"},
    TopicLine{"oakum session list", "who is signed in"},
    TopicLine{"oakum token create --label LABEL --scopes read --days 90", "for a program"},
    TopicLine{"oakum user break-glass", "an account for when nothing else lets anybody in"},
    TopicLine{"oakum audit list", "who changed what, and why"},
};
constexpr std::array kKeys{
    TopicLine{"oakum system show", "which keys there are, and until when"},
    TopicLine{"oakum key create anna.key --holder anna",
              "a key in a file under a passphrase; no server is asked"},
    TopicLine{"mv DIR/keys/offline /media/USB", "only publishing needs them; everything else goes on"},
    TopicLine{"oakum audit verify", "whether the audit log is whole"},
};
constexpr std::array kBackup{
    TopicLine{"oakum backup create NAME", "one file that makes the server again"},
    TopicLine{"oakum backup verify NAME", "read it back as a restore would"},
    TopicLine{"oakum backup schedule", "when the server makes one by itself"},
    TopicLine{"oakumd --data NEW-DIR --restore FILE", "on a new machine"},
};
constexpr std::array kOperations{
    TopicLine{"oakumd doctor --data DIR", "what is wrong, and what to do"},
    TopicLine{"oakum system show", "health, versions, age of the data"},
    TopicLine{"oakum feed status", "how old advisory data is, and what fails"},
    TopicLine{"oakum job list", "long work on the server"},
    TopicLine{"oakum support bundle FILE", "let somebody help, without telling secrets"},
};
constexpr std::array kScan{
    TopicLine{"oakum feed compile FOLDER --to NAME.oadb", "advisories as one file that opens at once"},
    TopicLine{"oakum scan SBOM --advisories NAME.oadb", "what an SBOM or a root file system is exposed to"},
    TopicLine{"oakum scan SBOM --advisories NAME.oadb --fail-on exploited", "for a build that has to stop"},
    TopicLine{"oakum scan SBOM --advisories NAME.oadb -o sarif", "for what reads findings"},
    TopicLine{"oakum kernel assess 6.1.55 --advisories NAME.oadb", "a Linux kernel"},
};
constexpr std::array kScripts{
    TopicLine{"oakum device list -o json", "or csv; every list and every page has both"},
    TopicLine{"oakum token create --label LABEL --scopes read --days 90",
              "then OAKUM_TOKEN in the environment"},
    TopicLine{"oakum device import FILE.csv --dry-run", "wherever something changes"},
    TopicLine{"oakum completion bash", "for your shell: bash, zsh or fish"},
};
constexpr std::array kWords{
    TopicLine{"oakum search WORDS", "devices, vulnerabilities, components, releases, groups, sites"},
    TopicLine{"oakum help", "what there is help on"},
};

constexpr std::array kTopics{
    Topic{"start", "Start in ten minutes", "start", "From nothing to the first fixed device.", kStart},
    Topic{"install", "Install", "install", "Packages, a device, upgrades and the way back.", kInstall},
    Topic{"import", "Bring in devices", "import",
          "Tables, exports of other systems, scans of a network, and devices that enrol.", kImport},
    Topic{"phones", "Phones and tablets", "phones",
          "Read from the system that manages them, or managed here; assessed like every other device.",
          kPhones},
    Topic{"apple", "iPhones and iPads managed here", "apple",
          "Enrolled by a profile, asked what they run, brought to a version by a date on their own clocks.",
          kApple},
    Topic{"others", "Devices with another client", "existing-fleets",
          "SWUpdate and other clients of hawkBit, unchanged.", kOthers},
    Topic{"query", "Ask for devices", "reference/query",
          "One language asks for devices everywhere. A missing fact is unknown, never no.", kQuery},
    Topic{"lists", "Lists and views", "lists", "A query under a name, and every list as CSV or JSON.",
          kLists},
    Topic{"bulk", "Change many devices", "bulk", "Seen first, done as it was seen, and put back.", kBulk},
    Topic{"concepts", "How it works together", "concepts",
          "Findings, risk, fixes, releases, waves and proof: one loop.", kConcepts},
    Topic{"exposure", "Are we hit", "hit", "What is open, on what, since when, and what would help most.",
          kExposure},
    Topic{"deadlines", "Until when, and what first", "deciding",
          "A policy says until when; points say in which order.", kDeadlines},
    Topic{"intake", "What a release has to show", "intake",
          "Its kind, version and contents, and the approval of somebody else, before it is published.",
          kIntake},
    Topic{"rollout", "Bring an update", "rollouts",
          "A release goes to devices in waves; a gate decides whether the next opens; verified is done.",
          kRollout},
    Topic{"windows", "Windows and freezes", "windows",
          "When devices may be changed, by their own clocks, also without a network.", kWindows},
    Topic{"plans", "Plans as files", "plans",
          "Rollouts, windows, freezes and budgets in files that are reviewed, compared and applied.", kPlans},
    Topic{"rehearsal", "Rehearse a plan", "rehearsal",
          "In virtual time, by the server's own rules: how long it takes, and what a bad release gets to.",
          kRehearsal},
    Topic{"agent", "The agent on a device", "agent",
          "Folders, partitions with U-Boot or GRUB, RAUC, SWUpdate.", kAgent},
    Topic{"sticks", "Devices without a network", "sticks",
          "What they are to install, carried in a folder, and verified as from the network.", kSticks},
    Topic{"explain", "Why", "waiting", "Whatever waits says why, since when, and until when.", kExplain},
    Topic{"feeds", "Advisory data", "feeds",
          "What is known to be vulnerable: fetched from its publishers, or brought as files.", kFeeds},
    Topic{"alarms", "Alarms", "alarms", "What somebody has to know, told where they look.", kAlarms},
    Topic{"exceptions", "Exceptions and own advisories", "exceptions",
          "What people decide about findings, until when; and what no feed tells.", kExceptions},
    Topic{"evidence", "Evidence for auditors", "evidence",
          "What was open, decided, done and proven in a period, signed.", kEvidence},
    Topic{"people", "People and sign-in", "sign-in", "Roles, second factors, sessions, tokens.", kPeople},
    Topic{
        "keys", "Keys and trust", "keys",
        "Online keys let the server speak; offline ones let somebody publish. Give those to several people.",
        kKeys},
    Topic{"log", "The log of what was published", "log",
          "It only grows; devices install what stands in it, and anybody can check it.", kLog},
    Topic{"backup", "Backup and restore", "backup", "The server makes one each day and reads it back.",
          kBackup},
    Topic{"operations", "Look after it", "operations", "Health, upgrades, sizing, hardening.", kOperations},
    Topic{"scan", "Scan without a server", "reference/cli",
          "SBOMs and root file systems, with the server's rules.", kScan},
    Topic{"scripts", "Scripts and programs", "reference/api",
          "Each command is one request of the REST interface; exit codes say what went wrong.", kScripts},
    Topic{"words", "Words", "glossary", "One word for each thing, in commands, pages and documents.", kWords},
};
static_assert(std::ranges::equal(kTopics, kTopicNames, {}, &Topic::name));

void write(json::Writer& writer, const Topic& topic) {
    writer.begin_object()
        .member("name", topic.name)
        .member("title", topic.title)
        .member("document", topic.document)
        .member("about", topic.about)
        .key("commands")
        .begin_array();
    for (const TopicLine& line : topic.lines)
        writer.begin_object().member("command", line.command).member("what", line.what).end_object();
    writer.end_array().end_object();
}

std::string names() {
    std::string list;
    for (const Topic& topic : kTopics)
        list += (list.empty() ? "" : ", ") + std::string(topic.name);
    return list;
}

base::Status show_topics(const Shown& shown) {
    if (shown.output == Output::json) {
        std::string text;
        json::Writer writer(text);
        writer.begin_array();
        for (const Topic& topic : kTopics)
            write(writer, topic);
        writer.end_array();
        shown.console->out(text + "\n");
        return {};
    }
    std::vector<std::vector<std::string>> rows;
    for (const Topic& topic : kTopics)
        rows.push_back({std::string(topic.name), std::string(topic.title), std::string(topic.about)});
    const std::vector<Head> heads{{"TOPIC", false, true}, {"TITLE", false, true}, {"ABOUT"}};
    shown.console->out(shown.output == Output::csv
                           ? render_csv(heads, rows)
                           : render_table(heads, rows, shown.console->terminal ? shown.console->width : 0));
    if (shown.output == Output::table)
        shown.sentence("One of them: oakum help TOPIC. Each command: oakum NOUN VERB --help.");
    return {};
}

} // namespace

std::span<const Topic> topics() {
    return kTopics;
}

base::Status show_topic(const Shown& shown, const std::string& name) {
    if (name.empty()) return show_topics(shown);
    const auto found = std::ranges::find(kTopics, name, &Topic::name);
    if (found == kTopics.end())
        return base::not_found("there is no help on \"" + name + "\"; there is on " + names());
    if (shown.output == Output::json) {
        std::string text;
        json::Writer writer(text);
        write(writer, *found);
        shown.console->out(text + "\n");
        return {};
    }
    std::vector<std::vector<std::string>> rows;
    for (const TopicLine& line : found->lines)
        rows.push_back({std::string(line.command), std::string(line.what)});
    if (shown.output == Output::csv) {
        shown.console->out(render_csv({{"COMMAND"}, {"WHAT"}}, rows));
        return {};
    }
    shown.sentence(std::string(found->title) + ": " + std::string(found->about));
    // The sentence first, then its command: commands are copied whole, however narrow the terminal is.
    std::string text;
    for (const TopicLine& line : found->lines)
        text += std::string(line.what) + "\n    " + std::string(line.command) + "\n";
    shown.console->out(text + "\n");
    shown.sentence("More: " + std::string(found->document) +
                   ".md, on the dashboard under Help, of the server's package in /usr/share/doc/oakumd.");
    return {};
}

} // namespace oakum::cli
