// SPDX-License-Identifier: Apache-2.0
#include <alarm/words.hpp>

namespace oakum::alarm {
namespace {

// Named in a sentence; the rest is counted.
constexpr std::size_t kNamed = 3;

std::string grouped(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, 1, ',');
    return digits;
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return grouped(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

// "a, b and 4 more"
std::string list(const std::vector<std::string>& things) {
    std::string text;
    for (std::size_t i = 0; i < things.size() && i < kNamed; ++i) {
        const bool last = i + 1 == things.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + things[i];
    }
    if (things.size() > kNamed) text += " and " + grouped(things.size() - kNamed) + " more";
    return text;
}

std::string devices_page(const std::string& query) {
    return "/devices?query=" + encoded(query);
}

std::string date(const Cause& cause) {
    return cause.at ? base::to_date(*cause.at) : "a date that is not known";
}

Words feeds_stale(const Cause& cause) {
    return {"The advisory data of " + list(cause.things) + " was last imported on " + date(cause) +
                (cause.things.size() > 1 ? " or a little later" : "") +
                ": what was published since is not seen here.",
            "Import it anew.", "/settings", "oakum feed import FOLDER"};
}

Words expiry(const Cause& cause) {
    const bool over = cause.extent > 0;
    Words words;
    words.page = "/settings?tab=keys";
    const std::string ends = over ? " expired on " + date(cause) : " expires on " + date(cause);
    if (cause.subject == "ca") {
        words.what = "The CA's certificate" + ends + ". Devices trust this server by it alone.";
        words.remedy = "Plan its successor: devices have to be enrolled anew with it.";
    } else if (cause.subject == "server") {
        words.what = "The server's own certificate" + ends + ".";
        words.remedy =
            "It is renewed by itself; as that did not happen, look at the server's log and restart it.";
    } else if (cause.subject == "push") {
        words.page = "/settings";
        words.what = "Apple's push certificate" + ends + (over ? ": phones are not woken any more." : ".");
        words.remedy = "Renew it at Apple with the same Apple ID it was made with, and put it into its file: "
                       "one for another topic means enrolling every phone anew.";
    } else if (cause.subject == "targets") {
        words.what = "The signed list of releases" + ends + (over ? ": devices refuse updates." : ".");
        words.remedy =
            "Put the offline keys back for a moment, publish or sign anew, and take them away again.";
    } else if (cause.subject == "root") {
        words.what = "The trust root" + ends + (over ? ": devices refuse updates." : ".");
        words.remedy = "Sign a new one with the offline keys.";
    } else {
        words.what = "The signed " + cause.subject + ends + (over ? ": devices refuse every update." : ".");
        words.remedy =
            "It is renewed by itself; see that the server can read keys/online, and look at its log.";
    }
    return words;
}

Words rollout_waits(const Cause& cause) {
    Words words;
    words.page = "/rollouts/" + encoded(cause.subject);
    words.command = "oakum rollout explain " + cause.subject;
    const std::string since = " since " + date(cause);
    if (cause.detail == "halted") {
        // Why is what its gate said, or who halted it and for what reason.
        words.what =
            "The rollout " + cause.name + " is halted" + (cause.things.empty() ? "" : ": " + cause.things[0]);
        if (!words.what.ends_with('.')) words.what += '.';
        words.remedy = "Look at what failed, then roll back, or end it.";
    } else if (cause.detail == "paused") {
        words.what = "The rollout " + cause.name + " is paused" + since + ".";
        words.remedy = "Resume it, or end it.";
    } else if (cause.detail == "awaiting_approval") {
        words.what = "The rollout " + cause.name + " waits for approval" + since + ".";
        words.remedy = "Approve or refuse it.";
    } else if (cause.detail == kAsksForNextWave) {
        words.what =
            "The rollout " + cause.name + " waits" + since + " for a person who opens its next wave.";
        words.remedy = "Look at what its gate says, then open the next wave, or end it.";
    } else {
        words.what = "The rollout " + cause.name + " has been in the same wave" + since +
                     ": too few of its devices came to an end.";
        words.remedy = "See what its devices wait for; retire those that are gone.";
    }
    return words;
}

Words exploited(const Cause& cause, std::optional<std::uint64_t> devices) {
    const bool one = cause.things.size() == 1;
    Words words;
    const std::string names = cause.things.empty() ? "Vulnerabilities" : list(cause.things);
    words.what = names + (one ? " is" : " are") + " known to be exploited";
    words.what +=
        devices ? " and " + std::string(one ? "affects " : "affect ") + counted(*devices, "device") + "."
                : ".";
    words.remedy = "See which fix ends it, and plan its rollout; where there is none, mitigate.";
    words.page =
        one ? "/vulnerabilities/" + encoded(cause.things.front()) : "/vulnerabilities?only=exploited";
    words.command = one ? "oakum advisory show " + cause.things.front() : "oakum fix list";
    return words;
}

Words source_fails(const Cause& cause) {
    // Of devices, not of advisories: another management system.
    if (cause.subject.starts_with("connector "))
        return {"What the management system " + cause.name +
                    " knows of its devices could not be read since " + date(cause) + ": " + cause.detail +
                    ".",
                "Mend what it says, then sync the connector; until then its devices stay as they were known.",
                "/settings?tab=connections", "oakum connector sync " + cause.name};
    return {"Advisory data could not be fetched from the source " + cause.subject + " since " + date(cause) +
                ": " + cause.detail + ".",
            "Mend what it says, then sync the source.", "/settings", "oakum feed sync " + cause.subject};
}

Words epss_rose(const Cause& cause, std::optional<std::uint64_t> devices) {
    const bool one = cause.things.size() == 1;
    Words words;
    words.what = list(cause.things) + (one ? " has" : " have") +
                 " become much likelier to be exploited within a month";
    words.what +=
        devices ? " and " + std::string(one ? "affects " : "affect ") + counted(*devices, "device") + "."
                : ".";
    words.remedy = "See which fix ends it, and whether its rollout should come earlier.";
    words.page = one ? "/vulnerabilities/" + encoded(cause.things.front()) : "/vulnerabilities";
    words.command = one ? "oakum advisory show " + cause.things.front() : "oakum fix list";
    return words;
}

Words attack_seen(const Cause& cause, std::optional<std::uint64_t> devices) {
    std::string tried; // every one: an attack is not summed up
    for (std::size_t i = 0; i < cause.things.size(); ++i)
        tried += (i == 0 ? "" : i + 1 == cause.things.size() ? ", and " : ", ") + cause.things[i];
    return {(devices ? counted(*devices, "device") : std::string("Devices")) + " refused what " +
                (devices && *devices == 1 ? "it was" : "they were") + " served: " + tried + ".",
            "Look at what they say on their pages. Unless an old release was rolled out by mistake, take the "
            "keys under keys/online for stolen: renew them with the offline keys, and look for who was here.",
            devices_page(cause.query), "oakum device list --query '" + cause.query + "'"};
}

// Of a floor that is missed by more than can be named the query finds those that fall short, too.
Words floor_missed(const Cause& cause, std::optional<std::uint64_t> devices) {
    const bool named = cause.things.size() == cause.extent;
    const std::string who = named && devices ? counted(*devices, "phone") : std::string("Phones");
    return {who + (named && devices && *devices == 1 ? " is" : " are") + " past the day on which the floor " +
                cause.name + " was to be kept.",
            "See what each waits for; bring it there in the management system, except it with a reason, or "
            "replace it.",
            "/floors", "oakum floor show " + cause.name};
}

Words policy_idle(const Cause& cause) {
    const std::string kind = cause.subject.substr(0, cause.subject.find(' '));
    return {"The " + kind + " " + cause.name + " " + cause.detail + ".",
            "Change whom it is for, or remove it.", kind == "floor" ? "/floors" : "/windows",
            "oakum " + kind + " list"};
}

Words devices_quiet(const Cause& cause, std::optional<std::uint64_t> devices) {
    Words words;
    words.page = devices_page(cause.query);
    words.command = "oakum device list --query '" + cause.query + "'";
    const std::string who = devices ? counted(*devices, "device") : "Devices";
    const std::string are = devices && *devices == 1 ? " has" : " have";
    if (cause.subject == "*") {
        words.what = who + are + " not been heard of for longer than usual, at many sites at once.";
        words.remedy = "Look for what they share: the way to this server, its name, or its certificate.";
    } else {
        words.what = who + (cause.name.empty() ? " without a site" : " at " + cause.name) + are +
                     " not been heard of for longer than usual.";
        words.remedy = "Look at power and network there; retire what is gone.";
    }
    return words;
}

Words identity_copied(const Cause& cause, std::optional<std::uint64_t> devices) {
    if (cause.subject == "*")
        return {(devices ? counted(*devices, "device") : "Many devices") +
                    (devices && *devices == 1 ? " shares its" : " share their") + " identity with another.",
                "They may come from one image that was enrolled before it was copied: make it anew without "
                "an identity, "
                "then revoke these and enrol them anew.",
                devices_page(cause.query), "oakum device list --query '" + cause.query + "'"};
    return {"Two devices speak with the identity of " + cause.name + ".",
            "Find out which is the real one; revoke the identity and enrol that one anew, or say that it is "
            "no copy.",
            "/devices/" + encoded(cause.subject), "oakum device explain " + cause.subject};
}

// Neither its name nor from where: this is read by everybody and leaves the house; the audit log has both.
Words break_glass_used(const Cause& cause) {
    const std::string when =
        cause.at ? "on " + date(cause) + " at " + base::to_iso8601(*cause.at).substr(11, 5) + " UTC"
                 : "on " + date(cause);
    return {"The break-glass account was used" +
                (cause.extent > 1 ? " " + grouped(cause.extent) + " times, last" : std::string()) + " " +
                when + ".",
            "Find out who it was; the audit log has what they did. Then make a new password and seal it: the "
            "old one is known.",
            "/settings?tab=people", "oakum user break-glass --renew"};
}

// What each is about stands on the page, since not everybody may see all of it.
Words exceptions_end(const Cause& cause) {
    const bool one = cause.things.size() == 1;
    return {counted(cause.things.size(), "exception") + (one ? " ends" : " end") + " soon, the " +
                (one ? "" : "first ") + "on " + date(cause) + ": what " + (one ? "it covers" : "they cover") +
                " counts as open from then on.",
            "Fix what is covered, or ask for a new exception before the old one ends.",
            "/settings?tab=exceptions", "oakum exception list --state ending"};
}

Words backup_old(const Cause& cause) {
    return {cause.detail, "Make one, see that it was read back well, and keep the file on another machine.",
            "/settings?tab=health", "oakum backup create NAME"};
}

} // namespace

Words words(const Cause& cause, std::optional<std::uint64_t> devices) {
    switch (cause.kind) {
    case Kind::feeds_stale:
        return feeds_stale(cause);
    case Kind::expiry:
        return expiry(cause);
    case Kind::offline_keys:
        return {"The keys for publishing are still on this server: who breaks into it could sign releases.",
                "Move the folder keys/offline to where no network reaches; publishing needs it, nothing else "
                "does.",
                "/settings?tab=keys", ""};
    case Kind::rollout_waits:
        return rollout_waits(cause);
    case Kind::exploited:
        return exploited(cause, devices);
    case Kind::devices_quiet:
        return devices_quiet(cause, devices);
    case Kind::disk_low:
        return {"The disk of the data folder is " + std::to_string(cause.extent) +
                    " % full: once it is full nothing new is stored, though polls go on.",
                "Make room: move backups away, remove old artifacts and logs.", "/settings?tab=health",
                "oakumd doctor"};
    case Kind::backup_old:
        return backup_old(cause);
    case Kind::identity_copied:
        return identity_copied(cause, devices);
    case Kind::clock_jumped:
        return {cause.detail, "Check the machine's clock, then restart oakumd.", "/settings?tab=health",
                "oakumd doctor"};
    case Kind::artifact_damaged:
        return {"Damaged on disk, so not offered to devices: " + list(cause.things) + ".",
                "Upload the same file again.", "/releases", "oakum artifact upload FILE"};
    case Kind::channel_fails:
        return {"The channel " + cause.name + " does not deliver: " + cause.detail + ".",
                "Mend what it says, then test the channel.", "/settings?tab=channels",
                "oakum channel test " + cause.name};
    case Kind::break_glass_used:
        return break_glass_used(cause);
    case Kind::exceptions_end:
        return exceptions_end(cause);
    case Kind::source_fails:
        return source_fails(cause);
    case Kind::epss_rose:
        return epss_rose(cause, devices);
    case Kind::attack_seen:
        return attack_seen(cause, devices);
    case Kind::floor_missed:
        return floor_missed(cause, devices);
    case Kind::policy_idle:
        return policy_idle(cause);
    }
    return {};
}

std::string encoded(std::string_view text) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
    return out;
}

} // namespace oakum::alarm
