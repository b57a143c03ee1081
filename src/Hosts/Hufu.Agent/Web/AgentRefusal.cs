using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hufu.Agent.Web;

/// <summary>Why the agent does not do what a page asks: a closed set.</summary>
internal enum AgentRefusal
{
    OriginNotAllowed,
    HostNotAllowed,
    Malformed,
    NoStatement,
    OtherOrigin,
    OtherPerson,
    PayloadOther,
    StatementStale,
    TokenUnknown,
    TokenRemoved,
    TokenFault,
    ContainerUnknown,
    CertificateMissing,
    PinWrong,
    PinLocked,
    PinUnfit,
    PinAgain,
    Declined,
    NobodyToAsk,
    PairOther,
    KeyExists,
    TooMany,
    UnknownAddress,
    Fault,
}

/// <summary>Carries a refusal to the edge.</summary>
internal sealed class AgentRefusedException(AgentRefusal refusal, string evidence = "") : Exception(evidence)
{
    public AgentRefusal Refusal { get; } = refusal;
}

/// <summary>A refusal as problem details (RFC 9457), of the same shape as the platform's.</summary>
internal static class AgentProblem
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static (int Status, string Zh, string En, string NextZh, string NextEn) Of(AgentRefusal refusal) => refusal switch
    {
        AgentRefusal.OriginNotAllowed => (403, "签名代理不接受这个网页的请求。", "The agent takes no requests from this page.", "请从本机构的页面进入，或在启动代理时用 --origin 加入该地址。", "Open the authority's own page, or start the agent with --origin."),
        AgentRefusal.HostNotAllowed => (403, "请求不是发往本机的。", "The request was not addressed to this machine.", "请使用 http://127.0.0.1。", "Use http://127.0.0.1."),
        AgentRefusal.Malformed => (400, "请求的格式不正确。", "The request is not well formed.", "请对照接口说明检查。", "Check it against the agent's README."),
        AgentRefusal.NoStatement => (422, "这不是虎符的操作声明，不予签名。", "This is no Hufu statement; it is not signed.", "代理只签操作声明、登录质询和接受确认。", "The agent signs acts, sign-in challenges and acceptances only."),
        AgentRefusal.OtherOrigin => (403, "登录质询属于另一个网站。", "The sign-in challenge belongs to another site.", "请勿继续；请从本机构的页面重新登录，并告知安全管理员。", "Stop; sign in again at the authority's page and tell the security administrator."),
        AgentRefusal.OtherPerson => (403, "声明中的人不是这个介质的持有者。", "The statement names somebody else than this token's holder.", "请换用本人的介质。", "Use your own token."),
        AgentRefusal.PayloadOther => (422, "内容与声明中的摘要不一致。", "The payload is not the one that the statement speaks of.", "请重新打开页面再试。", "Reload the page and try again."),
        AgentRefusal.StatementStale => (422, "声明的时间与本机时钟相差太多。", "The statement's time is too far from this machine's clock.", "请校准本机时钟。", "Set this machine's clock."),
        AgentRefusal.TokenUnknown => (404, "没有找到介质。", "There is no such token.", "请插入介质，或检查 --token 指定的目录和 --skf 指定的驱动库。", "Plug in the token, or check the folder given with --token and the library given with --skf."),
        AgentRefusal.TokenRemoved => (409, "介质已被拔出，操作没有完成。", "The token was pulled out; nothing was signed.", "请插入介质后重新操作，并再次输入 PIN。", "Plug it in and do it again; the PIN is asked for again."),
        AgentRefusal.TokenFault => (502, "介质或其驱动返回错误。", "The token or its driver answers an error.", "请重新插入介质；仍出错时请将提示的编号告知介质厂商。", "Plug it in again; if it stays, tell the maker the number."),
        AgentRefusal.PinAgain => (409, "介质已退出登录。", "The token has signed out.", "请重新操作并输入 PIN。", "Do it again and type the PIN."),
        AgentRefusal.ContainerUnknown => (404, "介质中没有这个容器。", "The token has no such container.", "请在列表中选择。", "Choose one from the list."),
        AgentRefusal.CertificateMissing => (409, "容器中还没有签名证书。", "The container has no signing certificate yet.", "请先导入证书。", "Import the certificate first."),
        AgentRefusal.PinWrong => (403, "PIN 不正确。", "The PIN is wrong.", "请核对后再试；连续多次错误（软介质为六次）会锁死介质。", "Try again with care: wrong PINs in a row lock the token (a soft token after six)."),
        AgentRefusal.PinLocked => (403, "介质已锁死。", "The token is locked.", "请联系管理员补办介质和证书。", "Ask your administrator for a new token and certificate."),
        AgentRefusal.PinUnfit => (422, "PIN 须为 6 至 64 个字符，两次输入一致。", "A PIN has 6 to 64 characters, typed twice alike.", "请重新设置。", "Choose again."),
        AgentRefusal.Declined => (403, "您没有同意签名。", "You declined to sign.", "如需办理，请重新操作并在代理窗口输入 PIN。", "Do it again and type the PIN into the agent's window."),
        AgentRefusal.NobodyToAsk => (503, "代理没有可以询问 PIN 的窗口。", "The agent has no window in which to ask for the PIN.", "请在终端里启动代理，或用 --askpass 指定询问程序。", "Start the agent in a terminal, or give it a program with --askpass."),
        AgentRefusal.PairOther => (422, "证书或加密密钥对不属于这个容器。", "The certificate or the encryption pair is not this container's.", "请确认是用这个容器申请的。", "Make sure that this container made the request."),
        AgentRefusal.KeyExists => (409, "容器中已有密钥对。", "The container has a pair already.", "请使用新的容器名。", "Use another name for the new pair."),
        AgentRefusal.TooMany => (429, "请求过于频繁。", "Too many requests.", "请稍候再试。", "Wait a moment and try again."),
        AgentRefusal.UnknownAddress => (404, "没有这个地址。", "There is no such address.", "请对照接口说明检查。", "Check it against the agent's README."),
        _ => (500, "代理内部出错。", "Something failed inside the agent.", "请查看代理窗口中的说明。", "See what the agent's window says."),
    };

    public static int StatusOf(AgentRefusal refusal) => Of(refusal).Status;

    public static byte[] ToJson(AgentRefusal refusal, string evidence)
    {
        var (status, zh, en, nextZh, nextEn) = Of(refusal);
        var code = JsonNamingPolicy.KebabCaseLower.ConvertName(refusal.ToString());
        return JsonSerializer.SerializeToUtf8Bytes(
            new { type = "https://hufu.invalid/refusals/agent/" + code, title = zh, status, detail = evidence.Length == 0 ? en : $"{en} {evidence}", code, evidence, next = new { zh = nextZh, en = nextEn } }, Json);
    }
}
