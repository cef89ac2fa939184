// SPDX-License-Identifier: Apache-2.0
#include <explain/times.hpp>

namespace oakum::explain {
namespace {

std::string named(const std::vector<std::string>& names, std::string_view one, std::string_view several) {
    std::string text(names.size() == 1 ? one : several);
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? " \"" : i + 1 == names.size() ? " and \"" : ", \"") + names[i] + "\"";
    return text;
}

std::string by(const InstallTimes& times) {
    std::string text;
    if (!times.windows.empty()) text = named(times.windows, "window", "windows");
    if (!times.freezes.empty())
        text += (text.empty() ? "" : ", ") + named(times.freezes, "freeze", "freezes");
    return text;
}

} // namespace

std::string until_open(const InstallTimes& times) {
    if (times.open) return "";
    if (!times.from) return "; installing is not allowed at any time that can be seen (" + by(times) + ")";
    return "; installing is allowed from " + times.local + " there on, in " +
           in_words(*times.from - times.now) + " (" + by(times) + ")";
}

Explanation::Step may_install(const InstallTimes& times) {
    using Reply = Explanation::Reply;
    Explanation::Step step{"May it be changed now?", Reply::yes, "", {}};
    if (times.windows.empty() && times.freezes.empty()) {
        step.because = "No window and no freeze binds it: at any time.";
        return step;
    }
    step.inputs.push_back({"time zone",
                           times.zone.empty() ? std::nullopt
                           : times.zone_known ? std::optional(times.zone)
                                              : std::optional(times.zone + " (not known)"),
                           "fact timezone",
                           {}});
    if (times.open) {
        step.because = "It is open now (" + by(times) + ")" +
                       (times.to ? ", for " + in_words(*times.to - times.now) + " more." : ".");
        return step;
    }
    step.answer = Reply::no;
    if (!times.from) {
        step.because = "It never opens, as far as can be seen (" + by(times) + "): nothing is offered to it.";
    } else {
        step.because =
            "It opens in " + in_words(*times.from - times.now) + ", at " + times.local +
            " on its clock, for " + in_words(*times.to - *times.from) + " (" + by(times) + "). " +
            (times.begins_ahead ? "Downloading is allowed before." : "Downloading begins a week before.");
        step.inputs.push_back({"opens", base::to_iso8601(*times.from), "windows and freezes", times.from});
    }
    return step;
}

} // namespace oakum::explain
