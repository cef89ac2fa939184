// SPDX-License-Identifier: Apache-2.0
#include <outbound/apns.hpp>

#include <atomic>
#include <condition_variable>
#include <ctime>
#include <curl/curl.h>
#include <deque>
#include <mutex>
#include <thread>

namespace oakum::outbound {

using Fate = ports::PushService::Fate;

namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

constexpr std::size_t kLongestAnswer = 4096;
// Apple keeps it for a phone that is off; without that it is tried once.
constexpr std::int64_t kKeptSeconds = 7 * 86'400;

struct Transfer {
    std::string answer;
    const std::atomic<bool>* ending = nullptr;
};

std::size_t take(const char* data, std::size_t size, std::size_t count, void* of) {
    auto& transfer = *static_cast<Transfer*>(of);
    if (transfer.answer.size() + size * count > kLongestAnswer) return 0;
    transfer.answer.append(data, size * count);
    return size * count;
}
int go_on(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const Transfer*>(of)->ending->load() ? 1 : 0;
}

bool add(List& list, const std::string& line) {
    curl_slist* const head = curl_slist_append(list.get(), line.c_str());
    if (head == nullptr) return false;
    if (!list) list.reset(head);
    return true;
}

bool is_token(std::string_view token) {
    return !token.empty() && token.size() <= 200 &&
           token.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

curl_blob blob_of(std::string& text) {
    return {text.data(), text.size(), CURL_BLOB_COPY};
}

// "BadDeviceToken" of {"reason":"BadDeviceToken"}: for people, and looked for as such.
std::string reason_in(std::string_view body) {
    const std::size_t at = body.find("\"reason\"");
    if (at == std::string_view::npos) return {};
    const std::size_t from = body.find('"', body.find(':', at));
    if (from == std::string_view::npos) return {};
    std::string reason(body.substr(from + 1, body.find('"', from + 1) - from - 1));
    const bool plain =
        reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == std::string::npos;
    return plain && reason.size() <= 64 ? reason : std::string();
}

} // namespace

base::Result<Fate> fate_of(long status, std::string_view body) {
    const std::string reason = reason_in(body);
    const std::string said =
        "Apple's push service says " + std::to_string(status) + (reason.empty() ? "" : " " + reason);
    if (status == 200) return Fate::sent;
    if (status == 410 ||
        (status == 400 && (reason == "BadDeviceToken" || reason == "DeviceTokenNotForTopic")))
        return Fate::gone;
    if (status == 403 || status == 400) return base::denied(said + ": look at the push certificate");
    return base::unavailable(said);
}

struct CurlApns::Parts {
    Parts(ApnsOptions given, Identity asked) : options(std::move(given)), identity(std::move(asked)) {}

    struct Order {
        Wake wake;
        std::function<void(base::Result<Fate>)> done;
    };
    const ApnsOptions options;
    const Identity identity;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Order> queue; // guarded by mutex
    std::atomic<bool> ending{false};
    std::thread thread;
    // Of the thread: the connection, and what it was opened with.
    Easy easy{nullptr, curl_easy_cleanup};
    ports::PushIdentity used;

    // A connection speaks with one certificate: another one gets another.
    bool prepare(ports::PushIdentity now) {
        if (easy && used == now) return true;
        easy.reset(curl_easy_init());
        used = std::move(now);
        CURL* curl = easy.get();
        if (curl == nullptr) return false;
        curl_blob certificate = blob_of(used.certificate_pem), key = blob_of(used.key_pem);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout.count()));
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(options.timeout.count()));
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
        curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        curl_easy_setopt(curl, CURLOPT_SSLCERT_BLOB, &certificate);
        curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &key);
        if (!options.authorities.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.authorities.c_str());
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on);
        return true;
    }

    base::Result<Fate> push(const Wake& wake) {
        if (!is_token(wake.token)) return Fate::gone;
        TRY_VALUE(ports::PushIdentity now, identity());
        const std::string topic = now.topic;
        if (!prepare(std::move(now))) return base::unavailable("no room for a connection");
        CURL* curl = easy.get();
        const std::string url = options.url + "/3/device/" + wake.token;
        std::string body = R"({"mdm":")";
        for (const char c : wake.magic) {
            if (c == '"' || c == '\\') body += '\\';
            if (static_cast<unsigned char>(c) >= 0x20) body += c;
        }
        body += R"("})";
        List headers{nullptr, curl_slist_free_all};
        const bool listed =
            add(headers, "Content-Type: application/json") && add(headers, "apns-push-type: mdm") &&
            add(headers, "apns-topic: " + topic) &&
            add(headers, "apns-expiration: " + std::to_string(std::time(nullptr) + kKeptSeconds));
        if (!listed) return base::unavailable("no room for a request");
        Transfer transfer;
        transfer.ending = &ending;
        curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
        const CURLcode code = curl_easy_perform(curl);
        if (code == CURLE_SSL_CERTPROBLEM || code == CURLE_BAD_FUNCTION_ARGUMENT) {
            easy.reset();
            return base::denied("the push certificate or its key cannot be used");
        }
        if (code != CURLE_OK) {
            easy.reset(); // the next has a connection of its own
            return base::unavailable(std::string("Apple's push service cannot be reached: ") +
                                     curl_easy_strerror(code));
        }
        long status = 0, version = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &version);
        if (version != CURL_HTTP_VERSION_2_0)
            return base::unavailable("what answers at the push service's address does not speak HTTP/2");
        return fate_of(status, transfer.answer);
    }

    void serve() {
        for (;;) {
            Order order;
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [this] { return ending || !queue.empty(); });
                if (ending) return;
                order = std::move(queue.front());
                queue.pop_front();
            }
            order.done(push(order.wake));
        }
    }
};

CurlApns::CurlApns(ApnsOptions options, Identity identity)
    : parts_(std::make_unique<Parts>(std::move(options), std::move(identity))) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    parts_->thread = std::thread([parts = parts_.get()] { parts->serve(); });
}

CurlApns::~CurlApns() {
    {
        const std::lock_guard lock(parts_->mutex);
        parts_->ending = true;
    }
    parts_->changed.notify_one();
    parts_->thread.join();
    for (Parts::Order& order : parts_->queue)
        order.done(base::unavailable("the server is ending"));
    parts_->easy.reset();
    curl_global_cleanup();
}

void CurlApns::wake(Wake wake, std::function<void(base::Result<Fate>)> done) {
    {
        const std::lock_guard lock(parts_->mutex);
        if (!parts_->ending && parts_->queue.size() < parts_->options.queue_limit) {
            parts_->queue.push_back({std::move(wake), std::move(done)});
            done = nullptr;
        }
    }
    if (done) return done(base::unavailable("too many phones wait to be woken"));
    parts_->changed.notify_one();
}

std::optional<ports::PushIdentity> CurlApns::identity() {
    auto now = parts_->identity();
    return now.ok() ? std::optional(*std::move(now)) : std::nullopt;
}

} // namespace oakum::outbound
