namespace Hufu.Modules.Tests.Profiles;

/// <summary>What the golden certificates are filled with: every field of every profile.</summary>
internal static class GoldenFields
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["organisation"] = "虎符电子政务认证中心",
        ["authorityName"] = "虎符运营 CA",
        ["serviceName"] = "虎符业务系统",
        ["role"] = "业务管理员",
        ["organisationName"] = "北京虎符示范科技有限公司",
        ["creditCode"] = "91110108MA01HF261H",
        ["province"] = "北京市",
        ["city"] = "海淀区",
        ["department"] = "研发部",
        ["unit"] = "信息中心",
        ["position"] = "法定代表人",
        ["personName"] = "卫经办",
        ["identityNumber"] = "110101199003076632",
        ["staffNumber"] = "HF-2026-0007",
        ["insuranceNumber"] = "110108199003076632",
        ["phone"] = "010-62345678",
        ["email"] = "wei@example.cn",
        ["x400Address"] = "G=Jingban; S=Wei; OU1=YFB; O=Hufu; P=GOV; A=CNADMD; C=CN",
        ["directoryName"] = "C=CN, O=北京虎符示范科技有限公司, OU=研发部, CN=卫经办",
        ["hostName"] = "www.example.cn",
        ["deviceName"] = "电子政务网关 1",
        ["ipAddress"] = "10.1.2.3",
        ["agentName"] = "卫经办",
        ["agentIdentityNumber"] = "110101199003076632",
        ["agentPhone"] = "010-62345678",
        ["agentEmail"] = "wei@example.cn",
    };
}
