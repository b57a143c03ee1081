using System.Collections.Frozen;

namespace Hufu.Contracts;

/// <summary>What a refusal says to people.</summary>
/// <param name="Zh">The sentence in Chinese.</param>
/// <param name="En">The sentence in English.</param>
/// <param name="NextZh">What to do next, in Chinese.</param>
/// <param name="NextEn">What to do next, in English.</param>
public sealed record RefusalText(string Zh, string En, string NextZh, string NextEn);

/// <summary>The sentences of every <see cref="RefusalCode"/>, in Chinese and English, with the next step. Total: a test proves it.</summary>
public static class RefusalCatalogue
{
    private static readonly FrozenDictionary<RefusalCode, RefusalText> Texts = new Dictionary<RefusalCode, RefusalText>
    {
        [RefusalCode.Malformed] = new(
            "请求的格式不正确。",
            "The request is not well formed.",
            "请对照接口说明检查格式后重新提交。",
            "Check the format against the interface description and send it again."),
        [RefusalCode.TooLarge] = new(
            "内容超过允许的大小。",
            "The content is larger than allowed.",
            "请减小内容或分次提交。",
            "Send less, or in parts."),
        [RefusalCode.FieldMissing] = new(
            "缺少必填项。",
            "A required field is missing.",
            "请填写所指出的项目。",
            "Fill in the field that is named."),
        [RefusalCode.FieldInvalid] = new(
            "填写的内容不符合要求。",
            "A field does not have an allowed value.",
            "请更正所指出的项目。",
            "Correct the field that is named."),
        [RefusalCode.NameTooLong] = new(
            "名称超过证书允许的长度。",
            "A name is longer than a certificate can carry.",
            "请使用登记名称或其登记简称，并不超过所示长度。",
            "Use the registered name or its registered short form, within the limit that is named."),
        [RefusalCode.ChecksumWrong] = new(
            "号码的校验位不正确。",
            "The checksum of a number is wrong.",
            "请对照证件核对号码后重新填写。",
            "Compare the number with the document and type it again."),
        [RefusalCode.AgreementMissing] = new(
            "尚未同意订户协议。",
            "The subscriber agreement has not been accepted.",
            "请阅读并同意现行版本的订户协议。",
            "Read the agreement in force and accept that version."),
        [RefusalCode.EvidenceMissing] = new(
            "证明材料不齐全。",
            "Papers are missing.",
            "请补齐所列材料后再提交。",
            "Add the papers that are named, then submit again."),
        [RefusalCode.EvidenceUnreadable] = new(
            "材料的文件类型不可接受。",
            "A paper is not a readable image or PDF.",
            "请提交 PDF、PNG 或 JPEG 扫描件。",
            "Send a PDF, PNG or JPEG scan."),
        [RefusalCode.PossessionNotProven] = new(
            "证书请求的签名不能证明持有私钥。",
            "The request's signature does not prove possession of the private key.",
            "请用请求中的公钥所对应的私钥签名：SM2 密钥使用 SM3 和默认用户标识，P-256 密钥使用 SHA-256。",
            "Make the request with the key that it carries: an SM2 key with SM3 and the default user id (GM/T 0009), a P-256 key with SHA-256."),
        [RefusalCode.KeyWeak] = new(
            "公钥不符合要求。",
            "The public key is not acceptable.",
            "请按该证书类型的算法重新生成密钥对（一般为 SM2）。",
            "Make a new key pair of the algorithm that the type of certificate takes (SM2 as a rule)."),
        [RefusalCode.KeyReused] = new(
            "该公钥已被使用。",
            "The public key is already in use.",
            "请重新生成密钥对。",
            "Make a new key pair."),
        [RefusalCode.SubjectNotUnique] = new(
            "该主体名称已属于另一持有人。",
            "The subject name already belongs to another holder.",
            "请按模板要求补充区分信息。",
            "Add what tells the two apart, as the profile allows."),
        [RefusalCode.ProfileUnknown] = new(
            "没有这种证书类型。",
            "There is no such certificate profile.",
            "请选择所提供的证书类型。",
            "Choose one of the certificate types that are offered."),
        [RefusalCode.LintFailed] = new(
            "待签证书未通过检查。",
            "The certificate to be signed does not pass the linter.",
            "请按所列规则更正数据。",
            "Correct the data that the named rule points at."),
        [RefusalCode.OutsideRenewalWindow] = new(
            "不在续期的时间窗口内。",
            "The certificate is outside its renewal window.",
            "请在续期窗口内办理，或重新申请。",
            "Apply for a new certificate, or wait until the window opens."),
        [RefusalCode.RegisteredDataChanged] = new(
            "登记信息已变更，不能续期。",
            "The registered data changed, so the certificate cannot be renewed.",
            "请重新申请证书。",
            "Apply for a new certificate."),
        [RefusalCode.CodeWrong] = new(
            "验证码不正确。",
            "The one-time code is wrong.",
            "请使用最新通知中的验证码；可尝试次数有限。",
            "Use the newest code from the notice; tries are limited."),
        [RefusalCode.CodeExpired] = new(
            "验证码已过期。",
            "The one-time code has expired.",
            "请向注册机构申请新的验证码。",
            "Ask the registration authority for a new one."),
        [RefusalCode.CodeUsed] = new(
            "验证码已使用过。",
            "The one-time code has been used.",
            "如非本人使用，请立即联系注册机构。",
            "If you did not use it, tell the registration authority at once."),
        [RefusalCode.ChallengeWrong] = new(
            "挑战语不正确。",
            "The challenge phrase is wrong.",
            "请使用申请时设置的挑战语；可尝试次数有限。",
            "Try again with the phrase set when applying; tries are limited."),
        [RefusalCode.TriesExhausted] = new(
            "尝试次数已用完。",
            "No tries are left.",
            "请携带身份证件到受理点办理。",
            "Come to a counter with your identity papers."),
        [RefusalCode.AccessTokenWrong] = new(
            "查询凭据不正确。",
            "The access token is not valid for this application.",
            "请使用申请时取得的查询凭据。",
            "Use the token given when the application was made."),
        [RefusalCode.UnknownObject] = new(
            "没有找到。",
            "There is no such object.",
            "请核对编号。",
            "Check the number."),
        [RefusalCode.StateWrong] = new(
            "当前状态不允许这样做。",
            "The object's state does not allow this.",
            "请查看当前状态后再操作。",
            "Look at the present state and choose what it allows."),
        [RefusalCode.SignatureInvalid] = new(
            "操作签名验证不通过。",
            "The act's signature does not verify.",
            "请使用本人证书对操作进行签名。",
            "Sign the statement with your own certificate's key."),
        [RefusalCode.StatementMismatch] = new(
            "签名的内容与请求不一致。",
            "The signed statement does not match the request.",
            "请对实际提交的内容进行签名。",
            "Sign exactly what is sent: room, act, object, state, payload."),
        [RefusalCode.StatementStale] = new(
            "签名时间超出允许范围。",
            "The statement's time is outside the allowed window.",
            "请校准时钟后重新签名。",
            "Set the clock right and sign again."),
        [RefusalCode.StatementReplayed] = new(
            "该签名已使用过。",
            "The statement has been used before.",
            "请重新签名。",
            "Sign a new statement."),
        [RefusalCode.PersonUnknown] = new(
            "签名人不是本系统的工作人员。",
            "The signer is not a member of staff here.",
            "请联系管理员任命。",
            "Ask an administrator to appoint you."),
        [RefusalCode.PersonSuspended] = new(
            "签名人的岗位已停用。",
            "The signer's role is suspended.",
            "请联系管理员。",
            "Ask an administrator."),
        [RefusalCode.CertificateNotValid] = new(
            "证书不在有效期内或已撤销。",
            "The certificate is outside its validity or revoked.",
            "请先取得有效证书。",
            "Get a valid certificate first."),
        [RefusalCode.RoleMissing] = new(
            "所任岗位无权进行此操作。",
            "The signer's roles do not allow this act.",
            "请由具有相应岗位的人员操作。",
            "Let someone who holds the role that is named do it."),
        [RefusalCode.RolesIncompatible] = new(
            "岗位互斥，不能兼任。",
            "The roles exclude one another.",
            "请任命其他人员。",
            "Appoint another person."),
        [RefusalCode.SamePerson] = new(
            "必须由不同的人员完成。",
            "Two different people are needed.",
            "请由另一名具有该岗位的人员操作。",
            "Let another person with the role do it."),
        [RefusalCode.SetupCodeWrong] = new(
            "初始化口令不正确。",
            "The setup code is wrong.",
            "请从控制台或数据目录读取初始化口令。",
            "Read it from the console or the room's folder."),
        [RefusalCode.NotInitialised] = new(
            "系统尚未初始化。",
            "The room is not initialised.",
            "请先完成初始化。",
            "Initialise it first."),
        [RefusalCode.AlreadyInitialised] = new(
            "系统已初始化。",
            "The room is already initialised.",
            "无需重复初始化。",
            "Nothing to do."),
        [RefusalCode.SharesTooFew] = new(
            "密钥分量数量不足。",
            "Too few shares are present.",
            "请更多分量持有人提交分量。",
            "Let more share holders present theirs."),
        [RefusalCode.ShareInvalid] = new(
            "密钥分量不正确。",
            "A share is not one of the set.",
            "请该持有人提交正确的分量。",
            "Let the named holder present the right share."),
        [RefusalCode.MessageNotAuthentic] = new(
            "密封消息未通过认证。",
            "The sealed message is not authentic or not for this room.",
            "请检查双方登记的证书。",
            "Check the peers' certificates on both sides."),
        [RefusalCode.MessageNotAllowed] = new(
            "不允许该发送方发送此类消息。",
            "The sender may not send this message to this room.",
            "请查看 access.csv。",
            "See access.csv."),
        [RefusalCode.PeerUnknown] = new(
            "对方系统尚未登记。",
            "The other room is not registered.",
            "请先登记对方证书。",
            "Register its certificates first."),
        [RefusalCode.RoomUnreachable] = new(
            "对方系统暂时不可用，请求已保留。",
            "The other room cannot be reached; the request is kept.",
            "无需操作，恢复后会自动完成。",
            "Nothing: it is finished when the room is back."),
        [RefusalCode.KeyCentreRefused] = new(
            "密钥管理中心拒绝了请求。",
            "The key centre refused.",
            "请查看具体原因。",
            "See the evidence."),
        [RefusalCode.LedgerUnavailable] = new(
            "审计日志无法写入，操作已拒绝。",
            "The audit ledger cannot be written, so the act is refused.",
            "请恢复存储后重试。",
            "Free disk space or mend the store, then repeat."),
        [RefusalCode.DeviceUnavailable] = new(
            "密码设备未激活。",
            "The cryptographic device is not active.",
            "请激活密码设备。",
            "Activate it."),
        [RefusalCode.SignInFailed] = new(
            "用户名、口令与证书不相符。",
            "User name, password and certificate do not belong together.",
            "请核对用户名和口令，并使用本人的介质。",
            "Check the user name and the password, and use your own token."),
        [RefusalCode.AccountLocked] = new(
            "口令多次错误，账户已锁定。",
            "The account is locked after too many wrong passwords.",
            "请联系您的任命人解锁。",
            "Ask whoever appoints your role to unlock it."),
        [RefusalCode.PasswordUnfit] = new(
            "新口令不符合要求。",
            "The new password does not meet the rules.",
            "请按所列要求另设口令。",
            "Choose another one as the rules say."),
        [RefusalCode.PasswordExpired] = new(
            "口令已超过使用期。",
            "The password is too old.",
            "请在登录时同时设置新口令。",
            "Sign in again and set a new password with it."),
        [RefusalCode.SessionMissing] = new(
            "尚未登录，或登录已结束。",
            "There is no session, or it has ended.",
            "请登录。",
            "Sign in."),
        [RefusalCode.SessionOther] = new(
            "签名人与登录人不是同一人。",
            "The act is signed by somebody else than who is signed in.",
            "请使用登录人本人的介质，或重新登录。",
            "Use the token of the person who is signed in, or sign in again."),
        [RefusalCode.SecondNeeded] = new(
            "此操作须由第二人复核同意，已作为提案保存。",
            "A second person has to agree; the proposal is kept.",
            "请由所列岗位的另一人复核该提案。",
            "Have another person of a role that is named second the proposal."),
        [RefusalCode.ClockBehind] = new(
            "系统时钟倒退，操作已拒绝。",
            "The room's clock has gone back; acts are refused.",
            "请由系统管理员校准时钟并查明原因。",
            "Have the clock set right and find out why it went back."),
        [RefusalCode.ClockInDoubt] = new(
            "系统时钟与时间源不一致或时间源无应答，暂不签发；请求已保留。",
            "Other sources of time disagree with the room's clock, or none answers; nothing is signed, the request is kept.",
            "请由系统管理员校准时钟或恢复时间源，之后自动继续。",
            "Have the clock or its sources set right; what waits then goes on by itself."),
        [RefusalCode.BackupMissing] = new(
            "CA 密钥逾期未列入分割备份，暂不签发；请求已保留。",
            "The CA's key is overdue for its split backup; nothing is issued under it, the request is kept.",
            "请密钥分量持有人到场，由操作员重新备份并分割（POST /api/ca/ceremony/split），之后自动继续。",
            "Have the share holders come together and an operator split the backup anew (POST /api/ca/ceremony/split); what waits then goes on by itself."),
        [RefusalCode.TooManyRequests] = new(
            "请求过于频繁。",
            "Too many requests.",
            "请稍后再试。",
            "Wait a little."),
        [RefusalCode.Fault] = new(
            "系统内部故障。",
            "Something failed inside.",
            "请将编号告知运营人员。",
            "Quote the id to the operator."),
    }.ToFrozenDictionary();

    /// <summary>The sentences of a code.</summary>
    public static RefusalText Of(RefusalCode code) => Texts[code];
}
