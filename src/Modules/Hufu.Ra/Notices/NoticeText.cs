using Hufu.Contracts;

namespace Hufu.Ra.Notices;

/// <summary>The words of notices, Chinese first, English below. Plain text; the line <c>Code: …</c> is for people and software alike.</summary>
internal static class NoticeText
{
    [Clause("6.2.3.2-a")]
    public static (string Subject, string Body) Issued(string application, string title, string code, string until, string address) => (
        $"证书已签发，请领取（{application}）",
        $"""
        {title}：

        您申请的证书已签发。请在北京时间 {until} 前，用申请时的密码介质和下面的一次性验证码领取；也可携带证件到受理点领取。
        领取并导入介质、交回回执，即为接受。领取后请立即检查并试用证书。

        Application: {application}
        Code: {code}
        Address: {address}

        Your certificates are issued. Fetch them before {until} (Beijing time) with the one-time code above and the token in which the request was made, or come to a counter.
        Fetching, importing and returning the receipt is acceptance: please check and test the certificates at once.
        """);

    public static (string Subject, string Body) Refused(string application, string title, string reason) => (
        $"证书申请未通过（{application}）",
        $"""
        {title}：

        您的证书申请未通过审核。原因：{reason}
        请更正后重新提交，或到受理点咨询。

        Application: {application}
        Your application was refused for the reason above. Correct it and submit again, or ask at a counter.
        """);

    public static (string Subject, string Body) Expiring(string application, string title, string serial, string end, int days) => (
        $"证书将于 {days} 天后到期（{application}）",
        $"""
        {title}：

        序列号为 {serial} 的证书将于北京时间 {end} 到期。到期前 30 天至到期后 30 天内可在线续期；信息有变化的，请重新申请。

        Application: {application}
        Your certificate {serial} ends at {end} (Beijing time), in {days} days. Renew it online from 30 days before to 30 days after its end; with changed data apply anew.
        """);

    public static (string Subject, string Body) Suspended(string application, string title, string serial, bool suspended, string when) => (
        suspended ? $"证书已挂起（{application}）" : $"证书已解除挂起（{application}）",
        $"""
        {title}：

        序列号为 {serial} 的签名证书及其加密证书已于 {when} {(suspended ? "挂起，在解除之前不可使用" : "解除挂起，可继续使用")}。

        Application: {application}
        Your certificate {serial} and its twin were {(suspended ? "suspended" : "resumed")} at {when}.
        """);

    public static (string Subject, string Body) CaseRefused(string application, string title, CertificateCaseKind kind, string reason) => (
        $"您的请求未通过（{application}）",
        $"""
        {title}：

        您关于证书的请求未通过审核。原因：{reason}

        Application: {application}
        Your request ({kind}) was refused for the reason above.
        """);

    public static (string Subject, string Body) Recovered(string application, string title, string keyCentreCase) => (
        $"加密密钥恢复已办理（{application}）",
        $"""
        {title}：

        您的加密密钥恢复（密钥管理中心编号 {keyCentreCase}）已办理。请用密钥管理中心提供的一次性验证码在用户页面下载。

        Application: {application}
        The key centre has released your encryption keys under {keyCentreCase}; download them on the user page with the one-time code that it gave you.
        """);

    public static (string Subject, string Body) RecoveryEntered(string application, string title, string recovery) => (
        $"密钥恢复申请已受理（{application}）",
        $"""
        {title}：

        您的加密密钥恢复申请已受理，编号 {recovery}。办理进度可凭编号查询；批准后由密钥管理中心人员核实并发给一次性验证码。

        Application: {application}
        Recovery: {recovery}
        Your request for the recovery of your encryption keys was taken in. Follow it under this number; the key centre's people verify it and give you a one-time code.
        """);

    public static (string Subject, string Body) RecoveryReleased(string application, string title, string recovery, string until) => (
        $"加密密钥可下载（{application}）",
        $"""
        {title}：

        密钥管理中心已批准您的密钥恢复（编号 {recovery}）。请在北京时间 {until} 前，凭密钥管理中心当面交付的一次性验证码下载到新的密码介质。

        Application: {application}
        Recovery: {recovery}
        The key centre has released your encryption keys. Fetch them into the new token before {until} (Beijing time) with the one-time code that the key centre gave you.
        """);

    public static (string Subject, string Body) Deadline(string id, bool overdue, string state, string due) => (
        overdue ? $"已逾期：{id}" : $"即将到期：{id}",
        $"""
        {id}（{state}）{(overdue ? "已超过办理时限" : "即将到达办理时限")}：{due}。

        {id} ({state}) {(overdue ? "is past its deadline" : "is due soon")}: {due}.
        """);

    [Clause("6.2.7.3-c")]
    public static (string Subject, string Body) Revoked(string application, string title, string serial, string when) => (
        $"证书已撤销（{application}）",
        $"""
        {title}：

        序列号为 {serial} 的签名证书及其加密证书已于 {when} 撤销。如非本人申请，请立即联系注册机构。

        Application: {application}
        Your signing certificate {serial} and its encryption certificate were revoked at {when}. If you did not ask for this, tell the registration authority at once.
        """);
}
