namespace Hufu.Contracts;

/// <summary>Trusted roles (可信岗位) as GM/T 0037 and 0038 and the practice statement name them. Who may appoint whom, which exclude one another, and which acts each may do: policy/roles.yaml.</summary>
public static class Roles
{
    /// <summary>超级管理员: born at initialisation; manages business administrators.</summary>
    public const string SuperAdministrator = "super-administrator";

    /// <summary>审计管理员: born at initialisation, equal in rank; manages auditors.</summary>
    public const string AuditAdministrator = "audit-administrator";

    /// <summary>业务管理员: manages operators and what the room is connected to.</summary>
    public const string BusinessAdministrator = "business-administrator";

    /// <summary>业务操作员: does the room's daily work.</summary>
    public const string Operator = "operator";

    /// <summary>审计员.</summary>
    public const string Auditor = "auditor";

    /// <summary>密钥分量持有人: holds one share of the device's administration key.</summary>
    public const string ShareHolder = "share-holder";

    /// <summary>录入员 of an RA.</summary>
    public const string EntryClerk = "entry-clerk";

    /// <summary>审核员 of an RA.</summary>
    public const string Vetter = "vetter";
}
