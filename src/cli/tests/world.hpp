// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cli/console.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace oakum::cli::test {

// Answers by target, or by whatever `answer_any` says; remembers what was asked.
struct World {
    std::map<std::string, ports::ClientResponse> answers;
    std::function<ports::ClientResponse(const ports::ClientRequest&)> answer_any;
    std::vector<ports::ClientRequest> asked;
    std::vector<std::string> typed; // answers to prompts, in order
    std::vector<std::string> input; // lines of standard input
    std::string out, err, home = "/nonexistent";
    Console console;

    World() {
        console.out = [this](std::string_view text) { out += text; };
        console.err = [this](std::string_view text) { err += text; };
        console.now = [] { return base::parse_time("2026-11-22T16:00:00Z").value(); };
        console.ask = [this](std::string_view prompt, bool) -> base::Result<std::string> {
            err += std::string(prompt) + (prompt.empty() ? "" : "\n");
            if (typed.empty()) return std::string("correct horse battery");
            std::string next = typed.front();
            typed.erase(typed.begin());
            return next;
        };
        console.read_line = [this]() -> std::optional<std::string> {
            if (input.empty()) return std::nullopt;
            std::string next = input.front();
            input.erase(input.begin());
            return next;
        };
        console.connect = [this](const Connection&) -> base::Result<std::unique_ptr<ports::HttpClient>> {
            return std::unique_ptr<ports::HttpClient>(new Client(*this));
        };
        console.wait = [](base::Duration) {};
        console.environment = [this](const char* name) {
            return std::string(std::string_view(name) == "OAKUM_SERVER" ? "https://127.0.0.1:8443"
                               : std::string_view(name) == "HOME"       ? home
                                                                        : "");
        };
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void answer(const std::string& target, int status, std::string body) {
        answers[target] = {status, {}, std::move(body)};
    }
    // What a person sees of one command: what was typed, what came back, the status unless it is 0.
    std::string session(const std::vector<std::string>& words) {
        out.clear();
        err.clear();
        std::string text = "$ oakum";
        for (const std::string& word : words)
            text += " " + (word.find_first_of(" \"=*") == std::string::npos ? word : "'" + word + "'");
        const int status = run(words, console);
        text += "\n" + out + err;
        if (status != 0) text += "(status " + std::to_string(status) + ")\n";
        return text + "\n";
    }

  private:
    struct Client final : ports::HttpClient {
        explicit Client(World& of) : world(of) {}
        World& world;
        base::Result<ports::ClientResponse> exchange(const ports::ClientRequest& request) override {
            world.asked.push_back(request);
            const auto found = world.answers.find(request.target);
            if (found != world.answers.end()) return found->second;
            if (world.answer_any) return world.answer_any(request);
            return base::unavailable("nothing answers " + request.target);
        }
        base::Result<ports::ClientResponse>
        stream(const ports::ClientRequest& request,
               const std::function<base::Status(base::ByteView)>& piece) override {
            TRY_VALUE(ports::ClientResponse response, exchange(request));
            if (response.status != 200) return response;
            TRY(piece(base::as_bytes(response.body)));
            response.body.clear();
            return response;
        }
    };
};

} // namespace oakum::cli::test
