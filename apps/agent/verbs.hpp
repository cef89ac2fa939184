// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"

#include <base/log.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

// What `oakum-agent VERB` does. The folder (--dir) holds everything of a device: agent.conf, identity.pem,
// ca.pem, state/, trust/, staging/, slots/, firmware.log, firmware-state/.
namespace oakum::agent {

// "--name value" pairs after the verb.
class Arguments {
  public:
    // Errors: invalid (a word that is no option, an option without its value or not among `known`).
    static base::Result<Arguments> parse(int count, char** words,
                                         std::initializer_list<std::string_view> known);
    // Errors: invalid (missing).
    base::Result<std::string> need(const std::string& name) const;
    std::string get(const std::string& name) const;
    // --dir, else the place where an agent of root or of this user lives.
    std::filesystem::path folder() const;

  private:
    std::map<std::string, std::string> values_;
};

// Reads DIR/agent.conf or the file of --config, and changes nothing.
base::Result<Config> read_config(const Arguments& arguments);
// Makes the folders as well.
base::Result<Config> load_config(const Arguments& arguments);
// An agent runs on that folder. False also where it cannot be known.
bool agent_runs(const std::filesystem::path& folder);

// One time: a key, a certificate for it, the authority to believe, the root of trust.
base::Status enroll(const Arguments& arguments, base::LogSink& log);
// The firmware that the device leaves the factory with, into slot a.
base::Status provision(const Arguments& arguments, base::LogSink& log);
// Until SIGTERM or SIGINT.
base::Status run(const Arguments& arguments, base::LogSink& log);
// The same, and until it is enough, which is asked after each step.
base::Status live(const Arguments& arguments, base::LogSink& log, const std::function<bool()>& enough);
// What lies for this device in a folder that was carried here, by the agent that runs or in its place.
// Errors: denied (refused, with the reason), unavailable (it did not stay, or nobody looks at it), not_found
// (nothing is for this device).
base::Status install(const std::string& folder, const Arguments& arguments, base::LogSink& log);
// How this device is, on standard output; works beside a running agent and changes nothing.
base::Status status(const Arguments& arguments);
// What is wrong with this device and how to mend it; the exit status is 1 when something is. Changes nothing.
base::Result<int> doctor(const Arguments& arguments);

} // namespace oakum::agent
