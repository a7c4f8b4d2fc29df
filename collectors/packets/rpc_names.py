"""Names of the remote procedures of Windows that detections ask for, as Zeek's ``dce_rpc.log`` has them.

From the interface definitions of [MS-SCMR], [MS-TSCH], [MS-RPRN], [MS-PAR], [MS-EFSR], [MS-DRSR], [MS-SAMR], [MS-LSAD],
[MS-RRP], [MS-SRVS], [MS-WKST], [MS-NRPC], [MS-DFSNM], [MS-FSRVP], [MS-EVEN6], [MS-WMI], [MS-DCOM]. Numbers are those of
the operations; one that is not listed is ``unknown-<number>``.
"""

_EFS = {0: "EfsRpcOpenFileRaw", 1: "EfsRpcReadFileRaw", 2: "EfsRpcWriteFileRaw", 3: "EfsRpcCloseRaw",
        4: "EfsRpcEncryptFileSrv", 5: "EfsRpcDecryptFileSrv", 6: "EfsRpcQueryUsersOnFile",
        7: "EfsRpcQueryRecoveryAgents", 8: "EfsRpcRemoveUsersFromFile", 9: "EfsRpcAddUsersToFile",
        12: "EfsRpcFileKeyInfo", 13: "EfsRpcDuplicateEncryptionInfoFile", 15: "EfsRpcAddUsersToFileEx",
        16: "EfsRpcFileKeyInfoEx", 18: "EfsRpcGetEncryptedFileMetadata",
        19: "EfsRpcSetEncryptedFileMetadata", 20: "EfsRpcFlushEfsCache", 21: "EfsRpcEncryptFileExSrv",
        22: "EfsRpcQueryProtectors"}  # fmt: skip

INTERFACES: dict[str, tuple[str, dict[int, str]]] = {
    "1ff70682-0a51-30e8-076d-740be8cee98b": (
        "atsvc", {0: "NetrJobAdd", 1: "NetrJobDel", 2: "NetrJobEnum", 3: "NetrJobGetInfo"}),
    "86d35949-83c9-4044-b424-db363231fd0c": (
        "ITaskSchedulerService",
        {0: "SchRpcHighestVersion", 1: "SchRpcRegisterTask", 2: "SchRpcRetrieveTask", 3: "SchRpcCreateFolder",
         4: "SchRpcSetSecurity", 5: "SchRpcGetSecurity", 6: "SchRpcEnumFolders", 7: "SchRpcEnumTasks",
         8: "SchRpcEnumInstances", 9: "SchRpcGetInstanceInfo", 10: "SchRpcStopInstance", 11: "SchRpcStop",
         12: "SchRpcRun", 13: "SchRpcDelete", 14: "SchRpcRename", 15: "SchRpcScheduledRuntimes",
         16: "SchRpcGetLastRunInfo", 17: "SchRpcGetTaskInfo", 18: "SchRpcGetNumberOfMissedRuns",
         19: "SchRpcEnableTask"}),
    "378e52b0-c0a9-11cf-822d-00aa0051e40f": (
        "sasec", {0: "SASetAccountInformation", 1: "SASetNSAccountInformation", 2: "SAGetNSAccountInformation",
                  3: "SAGetAccountInformation"}),
    "367abb81-9844-35f1-ad32-98f038001003": (
        "svcctl",
        {0: "CloseServiceHandle", 1: "ControlService", 2: "DeleteService", 3: "LockServiceDatabase",
         4: "QueryServiceObjectSecurity", 5: "SetServiceObjectSecurity", 6: "QueryServiceStatus",
         7: "SetServiceStatus", 8: "UnlockServiceDatabase", 9: "NotifyBootConfigStatus", 11: "ChangeServiceConfigW",
         12: "CreateServiceW", 13: "EnumDependentServicesW", 14: "EnumServicesStatusW", 15: "OpenSCManagerW",
         16: "OpenServiceW", 17: "QueryServiceConfigW", 18: "QueryServiceLockStatusW", 19: "StartServiceW",
         20: "GetServiceDisplayNameW", 21: "GetServiceKeyNameW", 23: "ChangeServiceConfigA", 24: "CreateServiceA",
         25: "EnumDependentServicesA", 26: "EnumServicesStatusA", 27: "OpenSCManagerA", 28: "OpenServiceA",
         29: "QueryServiceConfigA", 30: "QueryServiceLockStatusA", 31: "StartServiceA", 32: "GetServiceDisplayNameA",
         33: "GetServiceKeyNameA", 36: "ChangeServiceConfig2A", 37: "ChangeServiceConfig2W",
         38: "QueryServiceConfig2A", 39: "QueryServiceConfig2W", 40: "QueryServiceStatusEx",
         41: "EnumServicesStatusExA", 42: "EnumServicesStatusExW", 44: "CreateServiceWOW64A",
         45: "CreateServiceWOW64W"}),
    "12345678-1234-abcd-ef00-0123456789ab": (
        "spoolss",
        {0: "RpcEnumPrinters", 1: "RpcOpenPrinter", 2: "RpcSetJob", 5: "RpcAddPrinter", 9: "RpcAddPrinterDriver",
         10: "RpcEnumPrinterDrivers", 11: "RpcGetPrinterDriver", 12: "RpcGetPrinterDriverDirectory",
         14: "RpcAddPrintProcessor", 29: "RpcClosePrinter", 46: "RpcAddMonitor",
         62: "RpcFindFirstPrinterChangeNotification",
         65: "RpcRemoteFindFirstPrinterChangeNotificationEx", 69: "RpcOpenPrinterEx", 70: "RpcAddPrinterEx",
         89: "RpcAddPrinterDriverEx"}),
    "76f03f96-cdfd-44fc-a22c-64950a001209": (
        "IRemoteWinspool",
        {0: "RpcAsyncOpenPrinter", 1: "RpcAsyncAddPrinter", 20: "RpcAsyncClosePrinter", 38: "RpcAsyncEnumPrinters",
         39: "RpcAsyncAddPrinterDriver", 40: "RpcAsyncEnumPrinterDrivers", 41: "RpcAsyncGetPrinterDriverDirectory",
         44: "RpcAsyncAddPrintProcessor", 51: "RpcAsyncAddMonitor", 52: "RpcAsyncDeleteMonitor",
         62: "RpcAsyncInstallPrinterDriverFromPackage", 63: "RpcAsyncUploadPrinterDriverPackage"}),
    "12b81e99-f207-4a4c-85d3-77b42f76fd14": (
        "ISecLogon", {0: "SeclCreateProcessWithLogonW", 1: "SeclCreateProcessWithLogonExW"}),
    "c681d488-d850-11d0-8c52-00c04fd90f7e": ("efsrpc", _EFS),
    "df1941c5-fe89-4e79-bf10-463657acf44d": ("efsrpc", _EFS),
    "9556dc99-828c-11cf-a37e-00aa003240c7": (
        "IWbemServices",
        {3: "OpenNamespace", 4: "CancelAsyncCall", 6: "GetObject", 7: "GetObjectAsync", 8: "PutClass",
         9: "PutClassAsync", 10: "DeleteClass", 14: "PutInstance", 15: "PutInstanceAsync", 16: "DeleteInstance",
         18: "CreateInstanceEnum", 20: "ExecQuery", 21: "ExecQueryAsync", 22: "ExecNotificationQuery",
         23: "ExecNotificationQueryAsync", 24: "ExecMethod", 25: "ExecMethodAsync"}),
    "f309ad18-d86a-11d0-a075-00c04fb68820": (
        "IWbemLevel1Login", {3: "EstablishPosition", 4: "RequestChallenge", 5: "WBEMLogin", 6: "NTLMLogin"}),
    "000001a0-0000-0000-c000-000000000046": (
        "IRemoteSCMActivator", {3: "RemoteGetClassObject", 4: "RemoteCreateInstance"}),
    "4d9f4ab8-7d1c-11cf-861e-0020af6e7c57": ("IActivation", {0: "RemoteActivation"}),
    "99fcfec4-5260-101b-bbcb-00aa0021347a": (
        "IObjectExporter", {0: "ResolveOxid", 1: "SimplePing", 2: "ComplexPing", 3: "ServerAlive", 4: "ResolveOxid2",
                            5: "ServerAlive2"}),
    "00000143-0000-0000-c000-000000000046": (
        "IRemUnknown2", {3: "RemQueryInterface", 4: "RemAddRef", 5: "RemRelease", 6: "RemQueryInterface2"}),
    "e1af8308-5d1f-11c9-91a4-08002b14a0fa": (
        "epmapper", {0: "ept_insert", 1: "ept_delete", 2: "ept_lookup", 3: "ept_map", 4: "ept_lookup_handle_free"}),
    "e3514235-4b06-11d1-ab04-00c04fc2dcd2": (
        "drsuapi",
        {0: "DRSBind", 1: "DRSUnbind", 2: "DRSReplicaSync", 3: "DRSGetNCChanges", 4: "DRSUpdateRefs",
         5: "DRSReplicaAdd", 6: "DRSReplicaDel", 7: "DRSReplicaModify", 8: "DRSVerifyNames",
         9: "DRSGetMemberships", 12: "DRSCrackNames", 13: "DRSWriteSPN", 16: "DRSDomainControllerInfo",
         17: "DRSAddEntry", 19: "DRSGetReplInfo"}),
    "12345778-1234-abcd-ef00-0123456789ac": (
        "samr",
        {0: "SamrConnect", 1: "SamrCloseHandle", 5: "SamrLookupDomainInSamServer",
         6: "SamrEnumerateDomainsInSamServer", 7: "SamrOpenDomain", 8: "SamrQueryInformationDomain",
         11: "SamrEnumerateGroupsInDomain", 12: "SamrCreateUserInDomain", 13: "SamrEnumerateUsersInDomain",
         15: "SamrEnumerateAliasesInDomain", 16: "SamrGetAliasMembership", 17: "SamrLookupNamesInDomain",
         18: "SamrLookupIdsInDomain", 19: "SamrOpenGroup", 22: "SamrAddMemberToGroup", 25: "SamrGetMembersInGroup",
         27: "SamrOpenAlias", 31: "SamrAddMemberToAlias", 33: "SamrGetMembersInAlias", 34: "SamrOpenUser",
         35: "SamrDeleteUser", 36: "SamrQueryInformationUser", 37: "SamrSetInformationUser",
         38: "SamrChangePasswordUser", 39: "SamrGetGroupsForUser", 40: "SamrQueryDisplayInformation",
         47: "SamrQueryInformationUser2", 50: "SamrCreateUser2InDomain", 55: "SamrUnicodeChangePasswordUser2",
         57: "SamrConnect2", 58: "SamrSetInformationUser2", 62: "SamrConnect4", 64: "SamrConnect5"}),
    "12345778-1234-abcd-ef00-0123456789ab": (
        "lsarpc",
        {0: "LsarClose", 6: "LsarOpenPolicy", 7: "LsarQueryInformationPolicy", 11: "LsarEnumerateAccounts",
         14: "LsarLookupNames", 15: "LsarLookupSids", 28: "LsarSetSecret", 29: "LsarQuerySecret",
         42: "LsarStorePrivateData", 43: "LsarRetrievePrivateData", 44: "LsarOpenPolicy2",
         46: "LsarQueryInformationPolicy2", 57: "LsarLookupSids2", 58: "LsarLookupNames2", 68: "LsarLookupNames3",
         76: "LsarLookupSids3", 77: "LsarLookupNames4"}),
    "338cd001-2244-31f1-aaaa-900038001003": (
        "winreg",
        {0: "OpenClassesRoot", 1: "OpenCurrentUser", 2: "OpenLocalMachine", 4: "OpenUsers", 5: "BaseRegCloseKey",
         6: "BaseRegCreateKey", 7: "BaseRegDeleteKey", 8: "BaseRegDeleteValue", 9: "BaseRegEnumKey",
         10: "BaseRegEnumValue", 13: "BaseRegLoadKey", 15: "BaseRegOpenKey", 16: "BaseRegQueryInfoKey",
         17: "BaseRegQueryValue", 19: "BaseRegRestoreKey", 20: "BaseRegSaveKey", 22: "BaseRegSetValue",
         26: "BaseRegGetVersion", 31: "BaseRegSaveKeyEx"}),
    "4b324fc8-1670-01d3-1278-5a47bf6ee188": (
        "srvsvc",
        {8: "NetrConnectionEnum", 9: "NetrFileEnum", 12: "NetrSessionEnum", 14: "NetrShareAdd", 15: "NetrShareEnum",
         16: "NetrShareGetInfo", 18: "NetrShareDel", 21: "NetrServerGetInfo", 28: "NetrRemoteTOD",
         36: "NetrShareEnumSticky"}),
    "6bffd098-a112-3610-9833-46c3f87e345a": (
        "wkssvc", {0: "NetrWkstaGetInfo", 2: "NetrWkstaUserEnum", 22: "NetrJoinDomain2"}),
    "12345678-1234-abcd-ef00-01234567cffb": (
        "netlogon",
        {2: "NetrLogonSamLogon", 4: "NetrServerReqChallenge", 5: "NetrServerAuthenticate", 6: "NetrServerPasswordSet",
         7: "NetrDatabaseDeltas", 8: "NetrDatabaseSync", 15: "NetrServerAuthenticate2",
         21: "NetrLogonGetCapabilities", 26: "NetrServerAuthenticate3", 29: "NetrLogonGetDomainInfo",
         30: "NetrServerPasswordSet2", 31: "NetrServerPasswordGet", 34: "DsrGetDcNameEx2",
         39: "NetrLogonSamLogonEx", 40: "DsrEnumerateDomainTrusts", 45: "NetrLogonSamLogonWithFlags"}),
    "4fc742e0-4a10-11cf-8273-00aa004ae673": (
        "netdfs",
        {1: "NetrDfsAdd", 2: "NetrDfsRemove", 4: "NetrDfsGetInfo", 5: "NetrDfsEnum", 12: "NetrDfsAddStdRoot",
         13: "NetrDfsRemoveStdRoot", 21: "NetrDfsEnumEx"}),
    "a8e0653c-2744-4389-a61d-7373df8b2292": (
        "FssagentRpc", {0: "GetSupportedVersion", 8: "IsPathSupported", 9: "IsPathShadowCopied"}),
    "f6beaff7-1e19-4fbb-9f8f-b89e2018337c": (
        "IEventService", {5: "EvtRpcRegisterLogQuery", 6: "EvtRpcClearLog", 9: "EvtRpcMessageRender"}),
    "82273fdc-e32a-18c3-3f78-827929dc23ea": (
        "eventlog", {0: "ElfrClearELFW", 1: "ElfrBackupELFW", 7: "ElfrOpenELW", 10: "ElfrReadELW",
                     12: "ElfrClearELFA"}),
    "894de0c0-0d55-11d3-a322-00c04fa321a1": (
        "InitShutdown", {0: "BaseInitiateShutdown", 1: "BaseAbortShutdown", 2: "BaseInitiateShutdownEx"}),
    "50abc2a4-574d-40b3-9d66-ee4fd5fba076": (
        "dnsserver", {0: "DnssrvOperation", 1: "DnssrvQuery", 2: "DnssrvComplexOperation", 3: "DnssrvEnumRecords",
                      4: "DnssrvUpdateRecord", 5: "DnssrvOperation2", 9: "DnssrvUpdateRecord2"}),
    "3dde7c30-165d-11d1-ab8f-00805f14db40": ("BackupKey", {0: "bkrp_BackupKey"}),
}  # fmt: skip
"""By UUID: the name of an interface, and of its operations."""


def name_of(interface: str, operation: int) -> tuple[str, str]:
    """Give the names of an interface (by its UUID) and of one of its operations."""
    known = INTERFACES.get(interface)
    if known is None:
        return f"unknown-{interface}", f"unknown-{operation}"
    return known[0], known[1].get(operation, f"unknown-{operation}")
