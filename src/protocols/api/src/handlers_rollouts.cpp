// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <algorithm>
#include <charconv>
#include <rehearsal/report.hpp>

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;

// A body that goes to a service as it comes. What fails is kept for the answer; the rest of the body is not
// written.
template <class Piece, class Done> class ServiceSink final : public ports::BodySink {
  public:
    ServiceSink(std::unique_ptr<Piece> piece, Reply reply, int status, std::uint64_t limit)
        : piece_(std::move(piece)), reply_(std::move(reply)), status_(status), limit_(limit) {}

    base::Status write(base::ByteView bytes) override {
        written_ += bytes.size();
        if (written_ > limit_)
            return base::too_large("the body has more than " + std::to_string(limit_) + " bytes");
        return piece_->write(bytes);
    }
    void finish(std::function<void(ports::HttpResponse)> respond) override {
        const Reply reply = reply_.to(std::move(respond));
        piece_->finish([reply, status = status_](base::Result<Done> result) {
            if (!result.ok()) return reply.problem(result.error());
            reply.json(status, to_json(*result));
        });
    }
    void abort() override { piece_.reset(); }

  private:
    std::unique_ptr<Piece> piece_;
    Reply reply_;
    int status_;
    std::uint64_t limit_;
    std::uint64_t written_ = 0;
};

} // namespace

// ---- feeds and jobs

void list_feeds(Context& context, Call call) {
    context.services.feeds.list(call.actor(), answer_page<Page<Feed>>(call));
}

base::Result<std::unique_ptr<ports::BodySink>> import_feed(Context& context, Call call) {
    TRY_VALUE(const std::string name, text_parameter(call, "name", 255));
    if (auto valid = check_file_name(name, 255); !valid.ok()) return std::move(valid).error().at("name");
    TRY_VALUE(const bool force, flag_parameter(call, "force"));
    TRY_VALUE(auto upload, context.services.feeds.begin_import(call.actor(), {name, force}));
    return std::unique_ptr<ports::BodySink>(
        std::make_unique<ServiceSink<FeedUpload, Job>>(std::move(upload), call.reply, 202, 8'589'934'592));
}

void list_jobs(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.jobs.list(call.actor(), *page, answer_page<Page<Job>>(call));
}

namespace {

base::Result<std::string> job_id(const Call& call) {
    const std::string& id = call.path.front();
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (id.size() > 64 || !std::ranges::all_of(id, good))
        return base::not_found("there is no job with this id").at("id");
    return id;
}

} // namespace

void get_job(Context& context, Call call) {
    OR_PROBLEM(id, job_id(call));
    context.services.jobs.get(call.actor(), *id, answer_json<Job>(call));
}

void cancel_job(Context& context, Call call) {
    OR_PROBLEM(id, job_id(call));
    context.services.jobs.cancel(call.actor(), *id, answer_json<Job>(call));
}

// ---- uploads, artifacts

void begin_upload(Context& context, Call call) {
    BODY(upload, kSmall, decode_upload);
    context.services.uploads.begin(call.actor(), std::move(*upload), answer_json<Upload>(call, 201));
}

void get_upload(Context& context, Call call) {
    PATH_ID(id, UploadId);
    context.services.uploads.get(call.actor(), *id, answer_json<Upload>(call));
}

base::Result<std::unique_ptr<ports::BodySink>> append_upload(Context& context, Call call) {
    TRY_VALUE(const UploadId id, id_in_path<UploadId>(call));
    const std::string_view text = call.request.header("upload-offset");
    std::uint64_t offset = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return base::invalid("it is the number of bytes that the server holds").at("Upload-Offset");
    TRY_VALUE(auto piece, context.services.uploads.append(call.actor(), id, offset));
    return std::unique_ptr<ports::BodySink>(std::make_unique<ServiceSink<UploadPiece, Upload>>(
        std::move(piece), call.reply, 200, 1'099'511'627'776));
}

void finish_upload(Context& context, Call call) {
    PATH_ID(id, UploadId);
    context.services.uploads.finish(call.actor(), *id, answer_json<Artifact>(call));
}

void list_artifacts(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.uploads.artifacts(call.actor(), *page, answer_page<Page<Artifact>>(call));
}

// ---- rollouts

void list_rollouts(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    std::optional<rollout::State> state;
    if (const std::string text = call.parameter("state"); !text.empty()) {
        auto parsed = rollout::parse_state(text);
        if (!parsed.ok()) return call.reply.problem(base::invalid("it is no state of a rollout").at("state"));
        state = *parsed;
    }
    context.services.rollouts.list(call.actor(), state, *page, answer_page<Page<RolloutSummary>>(call));
}

void create_rollout(Context& context, Call call) {
    BODY(plan, kSmall, decode_plan);
    context.services.rollouts.create(call.actor(), std::move(*plan), answer_json<Rollout>(call, 201));
}

void get_rollout(Context& context, Call call) {
    PATH_ID(id, rollout::RolloutId);
    context.services.rollouts.get(call.actor(), *id, answer_tagged<Rollout>(call));
}

void act_on_rollout(Context& context, Call call) {
    PATH_ID(id, rollout::RolloutId);
    OR_PROBLEM(json, json_body(call, kSmall));
    if (to_string(RolloutAction::approve) == last_segment(call)) {
        OR_PROBLEM(given, decode_approval(*json));
        return context.services.rollouts.act(call.actor(), *id, RolloutAction::approve, std::move(given->why),
                                             given->content, answer_json<Rollout>(call));
    }
    OR_PROBLEM(why, decode_why(*json, WhyIs::required));
    for (const RolloutAction action :
         {RolloutAction::start, RolloutAction::pause, RolloutAction::resume, RolloutAction::halt,
          RolloutAction::abort, RolloutAction::open_next_wave, RolloutAction::roll_back,
          RolloutAction::finish})
        if (to_string(action) == last_segment(call))
            return context.services.rollouts.act(call.actor(), *id, action, std::move(*why), std::nullopt,
                                                 answer_json<Rollout>(call));
    call.reply.problem(base::bug("no action for " + call.request.path));
}

void change_rollout_waves(Context& context, Call call) {
    PATH_ID(id, rollout::RolloutId);
    BODY(change, kSmall, decode_waves);
    context.services.rollouts.change(call.actor(), *id, std::move(*change), answer_json<Rollout>(call));
}

namespace {

base::Result<DeploymentFilter> deployment_filter(const Call& call) {
    DeploymentFilter filter;
    if (const std::string text = call.parameter("state"); !text.empty()) {
        auto parsed = install::parse_state(text);
        if (!parsed.ok()) return base::invalid("it is no state of a deployment").at("state");
        filter.state = *parsed;
    }
    using Outcome = DeploymentFilter::Outcome;
    if (const std::string text = call.parameter("outcome"); !text.empty()) {
        for (const Outcome each : {Outcome::started, Outcome::pending, Outcome::verified, Outcome::failed,
                                   Outcome::rolled_back, Outcome::silent, Outcome::trouble, Outcome::wrong})
            if (text == to_string(each)) filter.outcome = each;
        if (filter.outcome == Outcome::any)
            return base::invalid("it is started, pending, verified, failed, rolled_back, silent, trouble or "
                                 "wrong")
                .at("outcome");
    }
    TRY_VALUE(filter.wave, number_parameter<std::uint64_t>(call, "wave"));
    TRY_VALUE(std::string model, text_parameter(call, "model", 128));
    if (!model.empty()) filter.model = std::move(model);
    if (const std::string text = call.parameter("reason"); !text.empty()) {
        auto parsed = install::parse_reason(text);
        if (!parsed.ok()) return base::invalid("it is no reason of a deployment").at("reason");
        filter.reason = *parsed;
    }
    return filter;
}

} // namespace

void list_rollout_devices(Context& context, Call call) {
    PATH_ID(id, rollout::RolloutId);
    OR_PROBLEM(page, page_parameters(call));
    OR_PROBLEM(filter, deployment_filter(call));
    context.services.rollouts.devices(call.actor(), *id, std::move(*filter), *page,
                                      answer_page<Page<Deployment>>(call));
}

void list_rollout_decisions(Context& context, Call call) {
    PATH_ID(id, rollout::RolloutId);
    OR_PROBLEM(page, page_parameters(call));
    context.services.rollouts.decisions(call.actor(), *id, *page, answer_page<Page<RolloutDecision>>(call));
}

void rehearse_rollout(Context& context, Call call) {
    PATH_ID(id, rollout::RolloutId);
    context.services.rollouts.rehearse(call.actor(), *id, answer_json<rehearsal::Report>(call));
}

void get_rollout_times(Context& context, Call call) {
    PATH_ID(id, rollout::RolloutId);
    context.services.rollouts.times(call.actor(), *id, answer_json<RolloutTimes>(call));
}

void explain_rollout(Context& context, Call call) {
    PATH_ID(id, rollout::RolloutId);
    context.services.rollouts.explain(call.actor(), *id, answer_json<explain::Explanation>(call));
}

} // namespace oakum::api
