// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "show.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace oakum::cli {

// What one wants to do, by the commands that do it and the document that says more.
struct TopicLine {
    std::string_view command, what; // a command that a person may type, with words of their own in capitals
};
struct Topic {
    std::string_view name, title;
    std::string_view document; // below docs/, without its ending
    std::string_view about;
    std::span<const TopicLine> lines;
};
std::span<const Topic> topics();

// One topic, or the list of them. Errors: not_found, with the nearest one.
base::Status show_topic(const Shown& shown, const std::string& name);

// The name of a topic; of another it does not compile.
inline constexpr std::array kTopicNames{
    std::string_view("start"),    std::string_view("install"),    std::string_view("import"),
    std::string_view("phones"),   std::string_view("apple"),      std::string_view("others"),
    std::string_view("query"),    std::string_view("lists"),      std::string_view("bulk"),
    std::string_view("concepts"), std::string_view("exposure"),   std::string_view("deadlines"),
    std::string_view("intake"),   std::string_view("rollout"),    std::string_view("windows"),
    std::string_view("plans"),    std::string_view("rehearsal"),  std::string_view("agent"),
    std::string_view("sticks"),   std::string_view("explain"),    std::string_view("feeds"),
    std::string_view("alarms"),   std::string_view("exceptions"), std::string_view("evidence"),
    std::string_view("people"),   std::string_view("keys"),       std::string_view("log"),
    std::string_view("backup"),   std::string_view("operations"), std::string_view("scan"),
    std::string_view("scripts"),  std::string_view("words")};
struct TopicName {
    consteval TopicName(const char* given)
        : name(given) { // NOLINT(google-explicit-constructor): see("query")
        if (std::ranges::find(kTopicNames, name) == kTopicNames.end()) throw "there is no such topic";
    }
    std::string_view name;
};
// What an error or an option ends with: "oakum help query".
inline std::string see(TopicName topic) {
    return "oakum help " + std::string(topic.name);
}

} // namespace oakum::cli
